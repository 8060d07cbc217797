package io.apihub.e2e;

import io.apihub.dev.process.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The process that {@code start.sh} becomes, and what it prints. */
final class Started implements AutoCloseable {

    private static final Duration READY = Duration.ofMinutes(3);
    private static final int STOP_SECONDS = 60;

    private final Process process;
    private final Path output;

    private Started(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts it with these flags and waits until it says that it runs. */
    static Started start(Path output, String... flags) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Dapihub.home=.."));
        command.addAll(List.of("-jar", "../dev/target/dev.jar"));
        command.addAll(List.of(flags));
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        var started = new Started(process, output);
        Await.until("start.sh to run", READY, started::runs);
        return started;
    }

    private boolean runs() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException("it ended:\n" + Files.readString(output));
        }
        return Files.readString(output).contains("APIHub is running")
                && Files.readString(output).contains("/balance -H");
    }

    /** The line of its welcome that contains {@code part}. */
    String line(String part) throws IOException {
        return Files.readAllLines(output).stream()
                .filter(line -> line.contains(part))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no line with " + part))
                .strip();
    }

    /** What lines print if they are pasted into a shell. */
    static String shell(String... lines) throws IOException, InterruptedException {
        var process =
                new ProcessBuilder("bash", "-ec", String.join("\n", lines))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        process.getOutputStream().close();
        var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(
                    "exit code " + process.exitValue() + ": " + String.join("\n", lines));
        }
        return printed;
    }

    /** Everything that it started, directly or not, and that lives. */
    List<ProcessHandle> children() {
        return process.descendants().filter(ProcessHandle::isAlive).toList();
    }

    /** Ends it as Ctrl-C does, by its shutdown hook. */
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("it does not end");
        }
    }

    @Override
    public void close() {
        var left = children();
        process.destroy();
        try {
            if (process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        left.forEach(ProcessHandle::destroyForcibly);
    }
}
