package io.apihub.dev.modelserver;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/** Everything served, in memory and, if wanted, as JSON lines in a file. */
final class ServedLog implements AutoCloseable {

    /** Beyond this the log only lives in the file, so that a long run does not fill the memory. */
    private static final int KEPT = 200_000;

    private final List<Served> entries = new ArrayList<>();
    private final Optional<BufferedWriter> file;
    private long forgotten;

    private ServedLog(Optional<BufferedWriter> file) {
        this.file = file;
    }

    static ServedLog inMemory() {
        return new ServedLog(Optional.empty());
    }

    /** Also appends to {@code path}, which is created when absent. */
    static ServedLog appendingTo(Path path) {
        try {
            return new ServedLog(
                    Optional.of(
                            Files.newBufferedWriter(
                                    path, StandardOpenOption.CREATE, StandardOpenOption.APPEND)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the log " + path, e);
        }
    }

    /** Adds what {@code entry} makes of its position. */
    synchronized void add(LongFunction<Served> entry) {
        Served served = entry.apply(forgotten + entries.size());
        entries.add(served);
        if (entries.size() > KEPT) {
            int half = KEPT / 2;
            entries.subList(0, half).clear();
            forgotten += half;
        }
        file.ifPresent(f -> append(f, served));
    }

    private static void append(BufferedWriter file, Served served) {
        try {
            file.write(ServedLines.write(List.of(served)));
            file.newLine();
            file.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Entries from position {@code since} on, as far as they are still in memory. */
    synchronized List<Served> since(long since) {
        int from = Math.clamp(since - forgotten, 0, entries.size());
        return List.copyOf(entries.subList(from, entries.size()));
    }

    @Override
    public synchronized void close() {
        file.ifPresent(f -> {
            try {
                f.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
