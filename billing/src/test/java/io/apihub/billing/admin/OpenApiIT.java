package io.apihub.billing.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.RunningBilling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The committed description is the one that billing serves. */
class OpenApiIT {

    private static final Path COMMITTED = Path.of("openapi.json");

    /** With {@code -Dopenapi.write=true} the file is written instead of compared. */
    @Test
    void theCommittedDescriptionIsTheServedOne() throws IOException {
        try (var billing = RunningBilling.on(TestDatabase.create())) {
            var served = billing.send(billing.request("/api/openapi")).body() + "\n";

            if (Boolean.getBoolean("openapi.write")) {
                Files.writeString(COMMITTED, served);
            }

            assertThat(served)
                    .as("changed? run this test with -Dopenapi.write=true and commit openapi.json")
                    .isEqualTo(Files.readString(COMMITTED));
        }
    }
}
