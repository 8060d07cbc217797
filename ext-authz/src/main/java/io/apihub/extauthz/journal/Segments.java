package io.apihub.extauthz.journal;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The files of the journal: one that is written, empty ones ready behind it, older ones in front.
 * Guarded by the journal's lock.
 *
 * <p>Room that is reserved can always be written, because it lies in files that are allocated
 * already: of every file the last {@code maxFrameBytes} count as lost to the frame that did not
 * fit.
 */
final class Segments implements AutoCloseable {

    private final JournalStorage storage;
    private final JournalLimits limits;
    private final NavigableMap<Long, Segment> kept = new TreeMap<>();
    private final ArrayDeque<Segment> spares = new ArrayDeque<>();

    /** The last of those kept: looked at several times for each hold. */
    private @Nullable Segment current;

    private long reserved;

    Segments(JournalStorage storage, JournalLimits limits) {
        this.storage = storage;
        this.limits = limits;
    }

    /**
     * Opens what earlier processes left: files with something in them, then empty ones.
     *
     * @throws IOException if the volume refuses
     */
    void openAll() throws IOException {
        for (var file : storage.list().entrySet()) {
            if (file.getValue() > 0) {
                sort(Segment.written(file.getKey(), storage.open(file.getKey())));
            } else {
                storage.delete(file.getKey());
            }
        }
    }

    private void sort(Segment segment) throws IOException {
        boolean empty = segment.isEmpty();
        if (!empty) {
            // Of files before one with something in it, none can be empty unless damaged.
            spares.forEach(this::keep);
            spares.clear();
            keep(segment);
        } else if (segment.size() == limits.segmentBytes()) {
            segment.scan((_, _) -> {});
            spares.add(segment);
        } else {
            // A death in the middle of making it.
            segment.close();
            storage.delete(segment.number());
        }
    }

    /** Makes the next file. Slow: call it without the lock, then {@link #addSpare}. */
    Segment create(long number) throws IOException {
        return Segment.empty(number, storage.create(number, limits.segmentBytes()));
    }

    void addSpare(Segment segment) {
        spares.add(segment);
    }

    boolean hasSpare() {
        return !spares.isEmpty();
    }

    boolean isEmpty() {
        return kept.isEmpty();
    }

    long nextNumber() {
        if (!spares.isEmpty()) {
            return spares.getLast().number() + 1;
        }
        return kept.isEmpty() ? 1 : kept.lastKey() + 1;
    }

    /** Whether another file is needed soon. */
    boolean wantsSpare(int head) {
        return room(head) < limits.segmentBytes() / 2;
    }

    boolean mayGrow() {
        return count() < limits.maxSegments();
    }

    Segment current() {
        return Objects.requireNonNull(current, "no segment yet");
    }

    private void keep(Segment segment) {
        kept.put(segment.number(), segment);
        current = kept.lastEntry().getValue();
    }

    /** Begins the next file. */
    Segment roll() {
        var next = spares.remove();
        keep(next);
        return next;
    }

    /** Bytes that may still be promised, if every new file begins with this many of its own. */
    long room(int head) {
        long inCurrent = kept.isEmpty() ? 0 : usable(current().remaining());
        return inCurrent + (long) spares.size() * usable(limits.segmentBytes() - head) - reserved;
    }

    private int usable(int bytes) {
        return Math.max(0, bytes - limits.maxFrameBytes());
    }

    void reserve(int bytes) {
        reserved += bytes;
    }

    Segment get(long number) {
        return Objects.requireNonNull(kept.get(number), () -> "no segment " + number);
    }

    long oldest() {
        return kept.firstKey();
    }

    /** The oldest file in which something is open or not acknowledged, the last one at most. */
    long oldestNeeded(Position acked) {
        for (var segment : kept.values()) {
            if (segment.openHolds() > 0 || acked.compareTo(segment.end()) < 0) {
                return segment.number();
            }
        }
        return kept.lastKey();
    }

    /** The first kept place that is not before this one. */
    Position atOrAfter(Position position) {
        var entry = kept.ceilingEntry(position.segment());
        if (entry == null) {
            return current().end();
        }
        return entry.getKey() == position.segment() ? position : new Position(entry.getKey(), 0);
    }

    /** The first place of the file behind this one; the same place if it is the last. */
    Position after(Position position) {
        var next = kept.higherKey(position.segment());
        return next == null ? position : new Position(next, 0);
    }

    /**
     * Takes out the oldest files that are not needed and have been kept for long enough.
     *
     * @param needed the oldest file that is needed
     * @param crowded their room is needed: one goes even if it is to be kept longer
     */
    List<Segment> takeFree(long needed, long now, boolean crowded) {
        var unneeded = List.copyOf(kept.headMap(needed).values());
        unneeded.forEach(segment -> segment.freeFor(now));
        var free = new ArrayList<Segment>();
        for (var segment : unneeded) {
            boolean old = segment.freeFor(now) >= limits.keepAcked().toNanos();
            if (!old && !(crowded && free.isEmpty())) {
                break;
            }
            free.add(segment);
            kept.remove(segment.number());
        }
        return free;
    }

    /** All that is kept counts as needed again. */
    void needAll() {
        kept.values().forEach(Segment::needed);
    }

    void delete(Segment segment) throws IOException {
        segment.close();
        storage.delete(segment.number());
    }

    int count() {
        return kept.size() + spares.size();
    }

    List<Segment> all() {
        return List.copyOf(kept.values());
    }

    @Override
    public void close() throws IOException {
        kept.values().forEach(Segment::close);
        spares.forEach(Segment::close);
        storage.close();
    }
}
