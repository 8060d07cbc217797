package io.apihub.extauthz.journal;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The files of the journal: one that is written, empty ones ready behind it, older ones in front.
 * Guarded by the journal's lock.
 *
 * <p>Room that is reserved can always be written, because it lies in files that are allocated
 * already: of every file the last {@code maxFrameBytes} count as lost to the frame that did not
 * fit.
 */
final class Segments implements AutoCloseable {

    private final JournalSettings settings;
    private final NavigableMap<Long, Segment> kept = new TreeMap<>();
    private final ArrayDeque<Segment> spares = new ArrayDeque<>();
    private long reserved;

    Segments(JournalSettings settings) {
        this.settings = settings;
    }

    /** Adds a file of an earlier process, oldest first. */
    void addOld(Segment segment) {
        kept.put(segment.number(), segment);
    }

    /** Makes the next file. Slow: call it without the lock, then {@link #addSpare}. */
    Segment create(long number) throws IOException {
        return Segment.create(settings.directory(), number, settings.segmentBytes());
    }

    void addSpare(Segment segment) {
        spares.add(segment);
    }

    long nextNumber() {
        if (!spares.isEmpty()) {
            return spares.getLast().number() + 1;
        }
        return kept.isEmpty() ? 1 : kept.lastKey() + 1;
    }

    /** Whether another file is needed soon and allowed. */
    boolean wantsSpare(int head) {
        return room(head) < settings.segmentBytes() / 2
                && kept.size() + spares.size() < settings.maxSegments();
    }

    Segment current() {
        return kept.lastEntry().getValue();
    }

    /** Begins the next file. */
    Segment roll() {
        var next = spares.remove();
        kept.put(next.number(), next);
        return next;
    }

    /** Bytes that may still be promised, if every new file begins with this many of its own. */
    long room(int head) {
        long inCurrent = kept.isEmpty() ? 0 : usable(current().remaining());
        return inCurrent + (long) spares.size() * usable(settings.segmentBytes() - head) - reserved;
    }

    private int usable(int bytes) {
        return Math.max(0, bytes - settings.maxFrameBytes());
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

    /** Takes out the oldest files that hold nothing any more. */
    List<Segment> takeFree(Position acked) {
        var free = new ArrayList<Segment>();
        while (kept.size() > 1) {
            var oldest = kept.firstEntry().getValue();
            if (oldest.openHolds() > 0 || acked.compareTo(oldest.end()) < 0) {
                break;
            }
            free.add(kept.pollFirstEntry().getValue());
        }
        return free;
    }

    int count() {
        return kept.size() + spares.size();
    }

    List<Segment> all() {
        return List.copyOf(kept.values());
    }

    @Override
    public void close() {
        kept.values().forEach(Segment::close);
        spares.forEach(Segment::close);
    }
}
