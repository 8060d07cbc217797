package io.apihub.dev.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchiveTest {

    private final Path jar;
    private final ClassArchive classes;

    ClassArchiveTest(@TempDir Path directory) throws IOException {
        jar = Files.createFile(directory.resolve("billing.jar"));
        classes = new ClassArchive(jar);
    }

    @Test
    void onlyWhatWasWrittenAfterTheJarIsUsed() throws IOException {
        var unverified =
                List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-BytecodeVerificationRemote");
        var file = jar.resolveSibling("billing.jsa");
        assertThat(classes.use()).isEqualTo(unverified);

        Files.createFile(file);
        Files.setLastModifiedTime(jar, FileTime.fromMillis(2_000));
        Files.setLastModifiedTime(file, FileTime.fromMillis(3_000));
        assertThat(classes.use()).containsExactly("-XX:SharedArchiveFile=" + file);

        Files.setLastModifiedTime(jar, FileTime.fromMillis(4_000));
        assertThat(classes.use()).isEqualTo(unverified);
    }
}
