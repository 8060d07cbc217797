package io.apihub.dev.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoPaymentsTest {

    @Test
    void aFileOfTheUsersIsTakenIfItCanBeRead(@TempDir Path directory) throws IOException {
        var file = Files.createFile(directory.resolve("payments.properties"));

        assertThat(DemoPayments.own(Map.of("APIHUB_PAYMENT_CONFIG", file.toString())))
                .contains(file);
        assertThat(DemoPayments.own(Map.of("APIHUB_PAYMENT_CONFIG", " "))).isEmpty();
        assertThat(DemoPayments.own(Map.of())).isEmpty();
        for (var wrong : new Path[] {directory, directory.resolve("missing")}) {
            assertThatThrownBy(() ->
                            DemoPayments.own(Map.of("APIHUB_PAYMENT_CONFIG", wrong.toString())))
                    .isInstanceOf(StackFailure.class)
                    .hasMessage(
                            "APIHUB_PAYMENT_CONFIG=%s is no file that can be read"
                                    .formatted(wrong));
        }
    }
}
