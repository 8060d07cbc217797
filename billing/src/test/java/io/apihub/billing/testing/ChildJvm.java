package io.apihub.billing.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process with the classes of this one.
 *
 * @param output all that it writes
 */
public record ChildJvm(Process process, Path output) {

    private static final long PATIENCE_SECONDS = 180;

    /** Starts one that writes to a file {@code prefix…log} below {@code target}. */
    public static ChildJvm start(String prefix, Class<?> main, List<String> arguments)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
        // Verifying what javac wrote is a tenth of what a start costs.
        command.addAll(
                List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-BytecodeVerificationRemote"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        var output = Files.createTempFile(Path.of("target"), prefix, ".log");
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        return new ChildJvm(process, output);
    }

    /** Waits until it has ended, and checks how. */
    public void assertExit(int expected) throws IOException, InterruptedException {
        try {
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            var log = Files.readString(output);
            assertThat(ended).as(log).isTrue();
            assertThat(process.exitValue()).as(log).isEqualTo(expected);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }
}
