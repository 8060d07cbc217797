package io.apihub.dev.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataDirectoryTest {

    @TempDir private Path temporary;

    @Test
    void socketsAreWhereOnlyWeCanReachThem() throws IOException {
        try (var data = DataDirectory.open(temporary)) {
            assertThat(permissions(parentOf(data.socket("envoy-admin")))).isEqualTo("rwx------");
        }
    }

    @Test
    void whereThePathIsTooLongAShortOneIsMadePrivateAndRemovedAtTheEnd() throws IOException {
        Path shorter;
        try (var data = DataDirectory.open(tooLong())) {
            shorter = data.shorter();
            Files.createDirectory(shorter);
            Files.setPosixFilePermissions(shorter, PosixFilePermissions.fromString("rwxrwxrwx"));

            assertThat(parentOf(data.socket("envoy-admin"))).isEqualTo(shorter);

            assertThat(permissions(shorter)).isEqualTo("rwx------");
        }
        assertThat(shorter).doesNotExist();
    }

    @Test
    void whatSomebodyElsePutThereIsRefused() throws IOException {
        try (var data = DataDirectory.open(tooLong())) {
            Files.createSymbolicLink(data.shorter(), temporary);
            try {
                assertThatThrownBy(() -> data.socket("envoy-admin"))
                        .isInstanceOf(StackFailure.class)
                        .hasMessageContaining(data.shorter().toString());
            } finally {
                Files.delete(data.shorter());
            }
        }
        assertThat(temporary).exists();
    }

    @Test
    void aPathThatIsNoDirectoryIsRefusedWithTheFlagsName() throws IOException {
        var file = Files.createFile(temporary.resolve("file"));

        for (var path : new Path[] {file, file.resolve("below")}) {
            assertThatThrownBy(() -> DataDirectory.open(path))
                    .isInstanceOf(StackFailure.class)
                    .hasMessageStartingWith("--data " + path + " can't be used: ")
                    .message()
                    .doesNotContain("\n");
        }
    }

    private Path tooLong() {
        return temporary.resolve("d".repeat(100));
    }

    private static Path parentOf(Path socket) {
        return Objects.requireNonNull(socket.getParent());
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
