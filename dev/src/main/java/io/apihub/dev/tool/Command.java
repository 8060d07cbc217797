package io.apihub.dev.tool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A short-lived command of a package client; its output is kept for the error message. */
record Command(List<String> words, Map<String, String> environment, Path directory) {

    private static final int TAIL_LINES = 8;

    Command {
        words = List.copyOf(words);
        environment = Map.copyOf(environment);
    }

    static Command of(Path directory, String... words) {
        return new Command(List.of(words), Map.of(), directory);
    }

    Command with(String variable, String value) {
        var more = new LinkedHashMap<>(environment);
        more.put(variable, value);
        return new Command(words, more, directory);
    }

    Command and(String... moreWords) {
        var all = new ArrayList<>(words);
        all.addAll(List.of(moreWords));
        return new Command(all, environment, directory);
    }

    /**
     * Runs it to its end.
     *
     * @return what it wrote, both streams
     * @throws IOException with the last lines that it wrote, if it fails or takes too long; with
     *     the program's name, if there is no such program
     */
    String run(Duration atMost) throws IOException, InterruptedException {
        var output = Files.createTempFile("apihub-command", ".log");
        try {
            var builder = new ProcessBuilder(words).directory(directory.toFile());
            builder.environment().putAll(environment);
            builder.redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(output.toFile());
            var process = start(builder);
            boolean ended = process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            var written = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
            if (!ended || process.exitValue() != 0) {
                var end = ended ? "exit " + process.exitValue() : "no end within " + atMost;
                throw new IOException(String.join(" ", words) + ": " + end + tail(written));
            }
            return written;
        } finally {
            Files.delete(output);
        }
    }

    private Process start(ProcessBuilder builder) throws IOException {
        try {
            return builder.start();
        } catch (IOException e) {
            var program = words.getFirst();
            if (program.contains("/")) {
                throw e;
            }
            throw new IOException(
                    "%s can't be run: install it and have it on the PATH".formatted(program), e);
        }
    }

    private static String tail(String written) {
        var lines = written.lines().toList();
        var last = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
        return last.isEmpty() ? "" : "\n  " + String.join("\n  ", last);
    }
}
