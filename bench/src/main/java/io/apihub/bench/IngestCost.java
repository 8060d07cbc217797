package io.apihub.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;

/**
 * Processor time so far, in nanoseconds: of Postgres, of what plays the gateway or writes rows
 * itself (threads of this process), and of the rest of this process, which is billing; without the
 * JIT compiler's, which does once what it does.
 */
record IngestCost(long postgres, long driver, long billing) {

    /** The names of the gateway's own threads begin so. */
    static final String GATEWAY = "gateway-";

    /** Of now; for the thread that sends. */
    static IngestCost now(MeasuredDatabase database) throws SQLException, IOException {
        long sender = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long driver = sender;
        long billing = -sender;
        try (var threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (var thread : threads) {
                var name = read(thread.resolve("comm"));
                long nanos = nanos(read(thread.resolve("schedstat")));
                if (name.startsWith(GATEWAY)) {
                    driver += nanos;
                } else if (!name.contains("CompilerThre")) {
                    billing += nanos;
                }
            }
        }
        return new IngestCost(database.processorTime().toNanos(), driver, billing);
    }

    private static long nanos(String schedstat) {
        return schedstat.isEmpty() ? 0 : Long.parseLong(schedstat.split(" ", 2)[0]);
    }

    /** Nothing of a thread that has ended meanwhile. */
    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    IngestCost since(IngestCost before) {
        return new IngestCost(
                postgres - before.postgres, driver - before.driver, billing - before.billing);
    }

    IngestCost plus(IngestCost other) {
        return new IngestCost(
                postgres + other.postgres, driver + other.driver, billing + other.billing);
    }

    /** A line of a table, in microseconds a row. */
    String line(String what, long rows) {
        double row = 1e3 * rows;
        return String.format(
                Locale.ROOT,
                "| %s | %.1f | %.1f | %.1f | %.1f |",
                what,
                postgres / row,
                // A thread that runs is told of to the last tick only.
                Math.max(0, billing / row),
                driver / row,
                (postgres + billing + driver) / row);
    }
}
