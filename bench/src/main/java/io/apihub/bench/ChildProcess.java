package io.apihub.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A child process whose CPU time and heap can be read. */
final class ChildProcess implements AutoCloseable {

    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    private final Process process;
    private final Path log;

    private ChildProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static ChildProcess java(Path log, Map<String, String> environment, List<String> arguments)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(javaHome().resolve("bin/java").toString());
        command.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "-Xmx1g",
                        "-Xms1g",
                        "-XX:+UseCompactObjectHeaders",
                        "-XX:+UseTransparentHugePages",
                        "--sun-misc-unsafe-memory-access=allow",
                        "--enable-native-access=ALL-UNNAMED"));
        command.addAll(arguments);
        return start(log, environment, command);
    }

    static ChildProcess start(Path log, Map<String, String> environment, List<String> command)
            throws IOException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new ChildProcess(builder.start(), log);
    }

    private static Path javaHome() {
        return Path.of(System.getProperty("java.home"));
    }

    /**
     * Time on a processor of all its living threads in microseconds (proc(5), nanoseconds in the
     * kernel), but for the JIT compiler's: what they do once is no part of a request.
     */
    double cpuMicros() throws IOException {
        long nanos = 0;
        try (var threads = Files.newDirectoryStream(Path.of("/proc/" + process.pid() + "/task"))) {
            for (var thread : threads) {
                nanos += nanosOf(thread);
            }
        }
        return nanos / 1e3;
    }

    private static long nanosOf(Path thread) throws IOException {
        try {
            var name = Files.readString(thread.resolve("comm"));
            boolean compiler = name.startsWith("C1 ") || name.startsWith("C2 ");
            var times = Files.readString(thread.resolve("schedstat"));
            return compiler ? 0 : Long.parseLong(times.substring(0, times.indexOf(' ')));
        } catch (NoSuchFileException e) {
            return 0; // It ended since the directory was read.
        }
    }

    /** Begins to sample where processor time and memory go, with the JVM's own recorder. */
    void startProfile() throws IOException, InterruptedException {
        var cpuTime = "jdk.CPUTimeSample#";
        jcmd(
                "JFR.start",
                "name=bench",
                "settings=profile",
                cpuTime + "enabled=true",
                cpuTime + "throttle=2ms");
    }

    void writeProfile(Path file) throws IOException, InterruptedException {
        jcmd("JFR.dump", "name=bench", "filename=" + file.toAbsolutePath());
    }

    /** Heap in use after a full collection, in bytes. */
    long heapBytes() throws IOException, InterruptedException {
        jcmd("GC.run");
        var heap = jcmd("GC.heap_info");
        int metaspace = heap.indexOf("Metaspace");
        var matcher = USED.matcher(metaspace < 0 ? heap : heap.substring(0, metaspace));
        long used = 0;
        while (matcher.find()) {
            used += Long.parseLong(matcher.group(1)) * 1024;
        }
        if (used == 0) {
            throw new IllegalStateException("no heap in: " + heap);
        }
        return used;
    }

    private String jcmd(String... what) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(javaHome().resolve("bin/jcmd").toString());
        command.add(Long.toString(process.pid()));
        command.addAll(List.of(what));
        var jcmd = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        jcmd.waitFor();
        return output;
    }

    void requireAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException("it ended:\n" + Files.readString(log));
        }
    }

    /** Waits until it has written a line that fits; returns what was found. */
    Matcher awaitLog(Pattern line) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + 120_000_000_000L;
        while (true) {
            var found = line.matcher(Files.readString(log));
            if (found.find()) {
                return found;
            }
            requireAlive();
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("no " + line + " in " + log);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** Kills it and waits until it is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
