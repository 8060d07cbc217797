package io.apihub.extauthz.policy;

import io.apihub.extauthz.policy.SeenFile.Seen;
import io.apihub.policy.v1.Batch;
import io.apihub.policy.v1.Change;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the policy on this gateway's volume: a snapshot as it came, and every later step behind it,
 * so that what was acknowledged to the operator is known after a restart too. Digests of keys only,
 * readable by their owner only. Writes to the disk on a thread of its own.
 */
public final class PolicyFile implements PolicyStore, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PolicyFile.class);

    private static final long SEEN_EVERY_MILLIS = 1_000;
    private static final long COMPACT_EVERY_MILLIS = 5_000;

    /** Clocks are set back by a little now and then; by more, none of their times is to be had. */
    private static final long CLOCK_TOLERANCE_MILLIS = 5_000;

    private final Path file;
    private final Path arrivingFile;
    private final Path compactFile;
    private final SeenFile seen;
    private final InstantSource clock;
    private final long worthCompacting;
    private final ExecutorService disk =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("policy-file").daemon().factory());

    // Of the thread that tells.
    private PolicyFrames.@Nullable Writer arriving;
    private List<Batch> step = new ArrayList<>();
    private long seenAtMillis;

    // Of the disk's thread.
    private PolicyFrames.@Nullable Writer writer;
    private long snapshotEnd;
    private long compactedAtMillis;

    /**
     * Opens nothing yet.
     *
     * @param directory on a volume that outlives the process
     * @param worthCompacting bytes of steps that are worth writing the file anew, if they are also
     *     a quarter of it
     */
    public PolicyFile(Path directory, InstantSource clock, long worthCompacting) {
        file = directory.resolve("policy");
        arrivingFile = directory.resolve("policy.arriving");
        compactFile = directory.resolve("policy.compact");
        seen = new SeenFile(directory);
        this.clock = clock;
        this.worthCompacting = worthCompacting;
    }

    /** Empty if there is nothing, or nothing that can be trusted: the operator sends it again. */
    @Override
    public Optional<SavedPolicy> load(Consumer<Change> into) {
        try {
            var load = new PolicyLoad(into);
            PolicyFrames.read(file, Long.MAX_VALUE, load);
            var last = seen.read();
            var saved = load.saved(last.map(this::ageMillis).orElse(-1L));
            boolean behind =
                    last.isPresent()
                            && (!last.get().epoch().equals(saved.epoch())
                                    || last.get().revision() > saved.revision());
            if (behind) {
                throw new IOException("it ends before revision " + last.get().revision());
            }
            writer = PolicyFrames.Writer.append(file, load.end());
            snapshotEnd = load.snapshotEnd();
            return Optional.of(saved);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            log.error("{} is damaged and ignored: {}", file, e.toString());
            return Optional.empty();
        }
    }

    private long ageMillis(Seen last) {
        long age = clock.millis() - last.millis();
        return age < -CLOCK_TOLERANCE_MILLIS ? -1 : Math.max(0, age);
    }

    @Override
    public void add(Batch batch) {
        if (!batch.getSnapshot()) {
            step.add(batch);
            return;
        }
        try {
            var open = arriving == null ? PolicyFrames.Writer.create(arrivingFile) : arriving;
            arriving = open;
            open.write(batch);
        } catch (IOException e) {
            failed(e);
            abandon();
        }
    }

    @Override
    public void commit(Runnable durable) {
        var snapshot = arriving;
        var changes = step;
        arriving = null;
        step = new ArrayList<>();
        seenAtMillis = snapshot == null ? seenAtMillis : 0;
        disk.execute(() -> {
            try {
                if (snapshot != null) {
                    replace(snapshot);
                } else if (writer != null) {
                    append(writer, changes);
                }
            } catch (IOException e) {
                failed(e);
                forget();
            } finally {
                durable.run();
            }
            compactIfWorth();
        });
    }

    @Override
    public void abandon() {
        step = new ArrayList<>();
        var unfinished = arriving;
        arriving = null;
        close(unfinished);
    }

    @Override
    public void current(String epoch, long revision, long ageNanos) {
        long now = clock.millis();
        if (Math.abs(now - seenAtMillis) < SEEN_EVERY_MILLIS) {
            return;
        }
        seenAtMillis = now;
        var record = new Seen(epoch, revision, now - TimeUnit.NANOSECONDS.toMillis(ageNanos));
        disk.execute(() -> {
            try {
                if (writer != null) {
                    seen.write(record);
                }
            } catch (IOException e) {
                failed(e);
            }
        });
    }

    private void replace(PolicyFrames.Writer snapshot) throws IOException {
        snapshot.force();
        seen.delete();
        move(arrivingFile);
        close(writer);
        writer = snapshot;
        snapshotEnd = snapshot.size();
    }

    private static void append(PolicyFrames.Writer to, List<Batch> changes) throws IOException {
        for (var batch : changes) {
            to.write(batch);
        }
        to.force();
    }

    private void compactIfWorth() {
        var from = writer;
        long now = clock.millis();
        if (from == null
                || from.size() - snapshotEnd < Math.max(worthCompacting, snapshotEnd / 4)
                || Math.abs(now - compactedAtMillis) < COMPACT_EVERY_MILLIS) {
            return;
        }
        compactedAtMillis = now;
        try {
            var compact = PolicyFrames.Writer.create(compactFile);
            new PolicyCompaction(file, snapshotEnd, from.size()).write(compact);
            compact.force();
            move(compactFile);
            close(from);
            writer = compact;
            snapshotEnd = compact.size();
        } catch (IOException e) {
            failed(e);
        }
    }

    private void move(Path to) throws IOException {
        Files.move(to, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** What is on the disk misses a step: a restart must not believe it. */
    private void forget() {
        close(writer);
        writer = null;
        try {
            seen.delete();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.error("{} is out of date and can't be deleted: {}", file, e.toString());
        }
    }

    private void failed(IOException e) {
        log.error("the policy is not kept, so a restart needs the operator: {}", e.toString());
    }

    private static void close(PolicyFrames.@Nullable Writer writer) {
        try {
            if (writer != null) {
                writer.close();
            }
        } catch (IOException e) {
            log.warn("policy file: {}", e.toString());
        }
    }

    /** Waits for what is being written. */
    @Override
    public void close() {
        disk.shutdown();
        try {
            if (!disk.awaitTermination(5, TimeUnit.SECONDS)) {
                log.warn("the policy file is still being written");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
