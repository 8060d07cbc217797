package io.apihub.dev.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.dev.stack.StackPorts.Use;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StackPortsTest {

    @TempDir private Path directory;

    @Test
    void everyUseHasAPortOfItsOwnThatTheNextStartKeeps() throws Exception {
        var first = StackPorts.choose(directory.resolve("ports"), 0, 1);

        var second = StackPorts.choose(directory.resolve("ports"), 0, 1);

        var uses = Arrays.stream(Use.values());
        assertThat(uses.map(first::of)).doesNotHaveDuplicates().allMatch(port -> port > 0);
        for (var use : Use.values()) {
            assertThat(second.of(use)).isEqualTo(first.of(use));
        }
    }

    @Test
    void aFurtherGatewayGetsWhatItNeedsBesideWhatIsKnown() throws Exception {
        var one = StackPorts.choose(directory.resolve("ports"), 0, 1);

        var three = StackPorts.choose(directory.resolve("ports"), 0, 3);

        assertThat(three.authzManagement(0)).isEqualTo(one.authzManagement(0));
        assertThat(three.authzManagement(2))
                .isNotEqualTo(three.authzManagement(1))
                .isEqualTo(StackPorts.choose(directory.resolve("ports"), 0, 3).authzManagement(2));
        assertThatThrownBy(() -> one.authzManagement(1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTakenGatewayPortIsRefusedInOneLine() throws Exception {
        try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int taken = other.getLocalPort();

            assertThatThrownBy(() -> StackPorts.choose(directory.resolve("ports"), taken, 1))
                    .isInstanceOf(StackFailure.class)
                    .hasMessage(
                            "port %d is taken by another program; choose another with --port N"
                                    .formatted(taken));
        }
    }

    @Test
    void anInnerPortThatIsTakenByNowIsReplaced() throws Exception {
        var file = directory.resolve("ports");
        try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Files.writeString(file, "POSTGRES=" + other.getLocalPort() + "\n");

            var ports = StackPorts.choose(file, 0, 1, Duration.ofMillis(50));

            assertThat(ports.of(Use.POSTGRES)).isNotEqualTo(other.getLocalPort());
        }
    }

    @Test
    void oneStackAtATimeHoldsADirectory() throws Exception {
        try (var held = DataDirectory.open(directory)) {
            assertThatThrownBy(() -> DataDirectory.open(held.root()))
                    .isInstanceOf(StackFailure.class)
                    .hasMessageContaining("--data DIR");
        }
    }

    @Test
    void gatewaysThatAreAddedKeepTheirPortsToo() throws Exception {
        var file = directory.resolve("ports");
        var grown = StackPorts.choose(file, 0, 1);
        var alone = grown.authzManagement(0);

        grown.addGateways(3);

        assertThat(grown.authzManagement(0)).isEqualTo(alone);
        assertThat(List.of(grown.authzManagement(1), grown.authzManagement(2)))
                .doesNotHaveDuplicates()
                .doesNotContain(alone);
        assertThat(StackPorts.choose(file, 0, 3).authzManagement(2))
                .isEqualTo(grown.authzManagement(2));
    }
}
