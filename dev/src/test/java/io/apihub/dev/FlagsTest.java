package io.apihub.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FlagsTest {

    @Test
    void withoutFlagsTheDemoRunsInADirectoryOfItsOwn() {
        var flags = Flags.parse();

        assertThat(flags.data()).isEqualTo(Path.of(".apihub"));
        assertThat(flags.port()).isEqualTo(10_000);
        assertThat(flags.upstream()).isEmpty();
        assertThat(flags.gateways()).isEqualTo(1);
        assertThat(flags.smoke()).isFalse();
    }

    @Test
    void anUpstreamComesWithItsKeyAndDoesNotShowIt() {
        var flags = Flags.parse("--upstream", "http://[::1]:8317", "--upstream-key", "secret");

        assertThat(flags.upstream()).get().hasToString("http://[::1]:8317");
        assertThat(flags.upstream().orElseThrow().key()).isEqualTo("secret");
        assertThat(flags.toString()).doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource({
        "--nonsense, --nonsense",
        "--port, --port needs a value",
        "--port 0, --port needs 1 to 65535",
        "--port 1e3, --port needs 1 to 65535",
        "--gateways 0, --gateways needs 1 to 9",
        "--gateways many, --gateways needs 1 to 9",
        "--data --smoke, --data needs a value",
        "--smoke --smoke, --smoke is given twice",
        "--smoke --data x, --smoke takes no --data",
        "--port 1234 --smoke, --smoke takes no --port",
        "--gateways 2 --smoke, --smoke takes no --gateways",
        "--smoke --upstream http://x --upstream-key k, --smoke takes no --upstream",
        "--upstream http://x, --upstream needs --upstream-key",
        "--upstream-key k, --upstream-key needs --upstream",
        "--upstream http://x/v1 --upstream-key k, scheme and host and port only",
        "--upstream http://u:p@x --upstream-key k, scheme and host and port only",
        "--upstream x:8317 --upstream-key k, scheme and host and port only"
    })
    void aWrongFlagIsNamedInOneLine(String line, String message) {
        assertThatThrownBy(() -> Flags.parse(line.split(" ", -1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }
}
