package io.apihub.billing.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.DatabaseGate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A process with the classes of this one.
 *
 * @param output all that it writes
 */
public record ChildJvm(Process process, Path output) {

    private static final long PATIENCE_SECONDS = 180;
    private static final String LISTENS = "listens at ";

    /** Starts one that writes to a file {@code prefix…log} below {@code target}. */
    public static ChildJvm start(String prefix, Class<?> main, List<String> arguments)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-Xmx256m", "-Xmn128m", "-XX:MetaspaceSize=256m"));
        command.add("-XX:ReservedCodeCacheSize=384m");
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

    /**
     * Says within a process of billing where it listens, as soon as it has its database.
     *
     * @param token the file of its administrator's token
     */
    public static void announce(ConfigurableApplicationContext billing, Path token) {
        Poll.until(
                Duration.ofSeconds(PATIENCE_SECONDS), billing.getBean(DatabaseGate.class)::isOpen);
        var port = billing.getEnvironment().getProperty("local.server.port");
        System.out.println(LISTENS + port + " " + token.toAbsolutePath());
    }

    /**
     * Where a process listens that announces it.
     *
     * @param token of its administrator
     */
    public record Address(String port, String token) {

        /** A request to it, by its administrator. */
        public HttpRequest.Builder request(String path) {
            return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .timeout(Duration.ofSeconds(PATIENCE_SECONDS))
                    .header("Authorization", "Bearer " + token);
        }
    }

    /** Waits until it has announced where it listens. */
    public Address awaitAddress() throws IOException {
        Poll.until(
                Duration.ofSeconds(PATIENCE_SECONDS),
                () -> announced().isPresent() || !process.isAlive());
        var words =
                announced()
                        .orElseThrow(() -> new AssertionError("it ended: " + log()))
                        .substring(LISTENS.length());
        int gap = words.indexOf(' ');
        var token = Path.of(words.substring(gap + 1));
        return new Address(words.substring(0, gap), Files.readString(token).strip());
    }

    private Optional<String> announced() {
        return log().lines()
                .filter(line -> line.startsWith(LISTENS) && line.contains("admin-token"))
                .findFirst();
    }

    private String log() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it has ended, and checks how. */
    public void assertExit(int expected) throws InterruptedException {
        try {
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            var log = log();
            assertThat(ended).as(log).isTrue();
            assertThat(process.exitValue()).as(log).isEqualTo(expected);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }
}
