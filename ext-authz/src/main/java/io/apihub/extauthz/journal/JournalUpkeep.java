package io.apihub.extauthz.journal;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a journal does beside reading and writing: brings frames to the disk, makes files, deletes
 * files. One thread at a time; slow, and never slow with the journal's lock.
 */
final class JournalUpkeep {

    private static final Logger LOG = LoggerFactory.getLogger(JournalUpkeep.class);

    private static final long RETRY_NANOS = 1_000_000_000L;

    private final Object lock;
    private final Segments segments;
    private final JournalLog log;
    private final JournalReader reader;
    private final LongSupplier nanoTime;
    private final ConcurrentLinkedQueue<Runnable> awaitingDisk = new ConcurrentLinkedQueue<>();
    private volatile boolean diskFails;
    private boolean crowded;
    private long growAgain;

    /** What is to be forced, and the oldest file that is needed once that is done. */
    private record Written(List<Segment> segments, long needed) {}

    /**
     * @param lock the journal's, guards segments and log
     */
    JournalUpkeep(
            Object lock,
            Segments segments,
            JournalLog log,
            JournalReader reader,
            LongSupplier nanoTime) {
        this.lock = lock;
        this.segments = segments;
        this.log = log;
        this.reader = reader;
        this.nanoTime = nanoTime;
        this.growAgain = nanoTime.getAsLong();
    }

    /** Whether the disk refused the last time, so that nothing may be promised. */
    boolean diskFails() {
        return diskFails;
    }

    synchronized void maintain() throws IOException {
        var written = force();
        free(written.needed());
        grow();
    }

    /** Brings all that is written by now to the disk. */
    synchronized void forceAll() throws IOException {
        force();
    }

    /** What earlier processes of this life of the machine left is not lost with it any more. */
    void keepFound() {
        try {
            forceWhole(false);
        } catch (IOException e) {
            LOG.warn("journal: what was found is not on the disk yet: {}", e.getMessage());
        }
    }

    /**
     * Brings all to the disk, and then says there of what lives it has all holds.
     *
     * @param own of the one that writes too: it admits nothing more
     */
    synchronized void forceWhole(boolean own) throws IOException {
        force();
        boolean said;
        synchronized (lock) {
            said = log.wholeLast(own);
        }
        if (said) {
            force();
        }
    }

    /** Runs something once all that is written by now is on the disk. */
    void whenForced(Runnable action) {
        awaitingDisk.add(action);
    }

    private Written force() throws IOException {
        int waiting = awaitingDisk.size();
        Written written;
        synchronized (lock) {
            if (log.index().ackedWorthWriting()) {
                log.persistAcked();
            }
            long needed = segments.oldestNeeded(log.index().acked());
            written = new Written(segments.all(), needed);
        }
        try {
            for (var segment : written.segments()) {
                segment.force();
            }
            diskFails = false;
        } catch (IOException e) {
            diskFails = true;
            throw e;
        }
        for (; waiting > 0; waiting--) {
            Objects.requireNonNull(awaitingDisk.poll()).run();
        }
        return written;
    }

    /** What ended a hold is on the disk by now, so the hold may go from it. */
    private void free(long needed) throws IOException {
        List<Segment> free;
        synchronized (lock) {
            // A change of the timeline may have made more of them needed since.
            long oldest = Math.min(needed, segments.oldestNeeded(log.index().acked()));
            log.needed(oldest);
            free =
                    reader.isReading()
                            ? List.of()
                            : segments.takeFree(oldest, nanoTime.getAsLong(), crowded);
        }
        for (var segment : free) {
            segments.delete(segment);
            growAgain = nanoTime.getAsLong();
        }
    }

    private void grow() throws IOException {
        long number;
        synchronized (lock) {
            boolean wanted = segments.wantsSpare(log.head());
            crowded = wanted && !segments.mayGrow();
            if (!wanted || crowded) {
                return;
            }
            number = segments.nextNumber();
        }
        if (nanoTime.getAsLong() - growAgain < 0) {
            crowded = true;
            return;
        }
        try {
            var spare = segments.create(number);
            synchronized (lock) {
                segments.addSpare(spare);
            }
        } catch (IOException e) {
            crowded = true;
            growAgain = nanoTime.getAsLong() + RETRY_NANOS;
            throw e;
        }
    }
}
