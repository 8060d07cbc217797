package io.apihub.dev.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir private Path directory;

    @Test
    void whatItWroteComesBack() throws Exception {
        var command = Command.of(directory, "sh", "-c", "echo out; echo error >&2");

        assertThat(command.run(SOON)).isEqualTo("out\nerror\n");
    }

    @Test
    void aFailureEndsWithWhatItSaidLast() {
        var command = Command.of(directory, "sh", "-c", "echo no such module; exit 3");

        assertThatThrownBy(() -> command.run(SOON))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("exit 3", "no such module");
    }

    @Test
    void aProgramThatIsMissingIsToBeInstalled() {
        assertThatThrownBy(() -> Command.of(directory, "no-such-go", "build").run(SOON))
                .isInstanceOf(IOException.class)
                .hasMessage("no-such-go can't be run: install it and have it on the PATH");
    }
}
