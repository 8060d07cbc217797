package io.apihub.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    /** User and system time in microseconds since its start (proc(5): clock ticks of 10 ms). */
    long cpuMicros() throws IOException {
        var stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 10_000;
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

    private String jcmd(String what) throws IOException, InterruptedException {
        var jcmd =
                new ProcessBuilder(
                                javaHome().resolve("bin/jcmd").toString(),
                                Long.toString(process.pid()),
                                what)
                        .redirectErrorStream(true)
                        .start();
        var output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        jcmd.waitFor();
        return output;
    }

    void requireAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException("it ended:\n" + Files.readString(log));
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
