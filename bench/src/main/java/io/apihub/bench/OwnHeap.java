package io.apihub.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a benchmark again in a JVM with a heap as a busy billing has one. Some ten thousand records
 * live until they are committed; a young generation that is not much larger is collected, and they
 * are copied, again and again.
 */
final class OwnHeap {

    /** Also in docs/benchmarks.md. */
    private static final List<String> OPTIONS =
            List.of("-XX:+UseParallelGC", "-Xms3g", "-Xmx3g", "-Xmn2g");

    private static final String MARK = "apihub.bench.own-heap";

    private OwnHeap() {}

    /** Whether this is that JVM. */
    static boolean isHere() {
        return Boolean.getBoolean(MARK);
    }

    /**
     * Starts it with the same arguments, and waits for its end.
     *
     * @return its exit code
     */
    static int run(String[] args) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(OPTIONS);
        command.add("-D" + MARK + "=true");
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(BenchMain.class.getName());
        command.addAll(List.of(args));
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
