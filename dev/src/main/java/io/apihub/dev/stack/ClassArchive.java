package io.apihub.dev.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The classes of a service as the JVM keeps them from one run to the next, so that it need not read
 * and verify them again: half of what a start costs. The JVM writes it when a run ends and takes no
 * other jar's (JEP 350).
 *
 * @param jar of the service
 */
record ClassArchive(Path jar) {

    /** What javac wrote a moment ago is right; verifying it is a tenth of what a start costs. */
    private static final List<String> UNVERIFIED =
            List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-BytecodeVerificationRemote");

    /** Beside the jar, so that it goes with it. */
    Path file() {
        return jar.resolveSibling(jar.getFileName().toString().replace(".jar", ".jsa"));
    }

    /** For a run that uses it, if it is there and not that of an earlier jar. */
    List<String> use() {
        return isCurrent() ? List.of("-XX:SharedArchiveFile=" + file()) : UNVERIFIED;
    }

    /** For a run that writes it when it ends. */
    List<String> write() {
        return List.of("-XX:ArchiveClassesAtExit=" + file());
    }

    /** Whether it was written after the jar. */
    boolean isCurrent() {
        try {
            return Files.exists(file())
                    && Files.getLastModifiedTime(file()).compareTo(Files.getLastModifiedTime(jar))
                            > 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
