package io.apihub.extauthz.journal;

import com.google.protobuf.InvalidProtocolBufferException;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.UsageRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Remembers every hold until it is settled, and every settlement until billing has it. Thread safe.
 *
 * <p>A hold reserves room for its settlement, so what was admitted can always be written. What is
 * written survives the death of this process at once, and a power cut after the next {@link
 * #maintain}.
 */
public final class UsageJournal implements AutoCloseable {

    /**
     * Settlements in the order in which they were written.
     *
     * @param next where to go on reading, and what to acknowledge once billing has these
     */
    public record Settled(List<UsageRecord> records, Position next) {}

    private final Object lock = new Object();
    private final Object maintenance = new Object();
    private final JournalSettings settings;
    private final Incarnation incarnation;
    private final DirectoryLock directoryLock;
    private final JournalLog log;
    private final Segments segments;
    private final JournalIndex index;
    private final List<Hold> recovered;

    private UsageJournal(JournalSettings settings, Incarnation incarnation, DirectoryLock held)
            throws IOException {
        this.settings = settings;
        this.incarnation = incarnation;
        this.directoryLock = held;
        this.log = new JournalLog(settings);
        this.segments = log.segments();
        this.index = log.index();
        log.replay();
        recovered = open();
        log.begin(incarnation);
    }

    /**
     * Opens the journal, reads what earlier processes left and begins a segment of its own.
     *
     * @throws JournalLost if another process has it or the volume refuses
     */
    public static UsageJournal open(JournalSettings settings, Incarnation incarnation) {
        try {
            Files.createDirectories(settings.directory());
            var held = DirectoryLock.take(settings.directory());
            try {
                return new UsageJournal(settings, incarnation, held);
            } catch (IOException | RuntimeException e) {
                held.close();
                throw e;
            }
        } catch (IOException e) {
            throw new JournalLost("cannot open the journal: " + e.getMessage(), e);
        }
    }

    /** The incarnation that this process writes. */
    public Incarnation incarnation() {
        return incarnation;
    }

    /** Holds of earlier incarnations that were open when this process began. */
    public List<Hold> recovered() {
        return recovered;
    }

    /**
     * Writes a hold.
     *
     * @return false if there is no room for it and its settlement: refuse the request
     */
    public boolean hold(Hold hold) {
        int reserved = JournalLog.settlementOf(hold);
        var payload = hold.toByteArray();
        synchronized (lock) {
            int needed = Frame.sizeOf(payload.length) + reserved;
            if (reserved > settings.maxFrameBytes() || log.room() < needed) {
                return false;
            }
            segments.reserve(reserved);
            log.append(FrameType.HOLD, payload);
            index.opened(hold, segments.current(), reserved);
            return true;
        }
    }

    /**
     * Writes the settlement of an open hold.
     *
     * @return false, and nothing written, if the hold is not open: it was settled or voided before,
     *     or this journal never had it
     * @throws IllegalArgumentException if texts in the record are so long that it exceeds the room
     *     reserved
     */
    public boolean settle(UsageRecord settlement) {
        var payload = settlement.toByteArray();
        var id = JournalIndex.idOf(settlement.getHold());
        synchronized (lock) {
            if (!index.isOpen(id)) {
                return false;
            }
            if (Frame.sizeOf(payload.length) > JournalLog.settlementOf(settlement.getHold())) {
                throw new IllegalArgumentException("settlement too large: " + payload.length);
            }
            end(id, FrameType.SETTLE, payload);
            index.settled(settlement.getHold(), segments.current().end());
            return true;
        }
    }

    /** Ends an open hold whose request went nowhere; empty if it is not open. */
    public Optional<Hold> release(HoldId id) {
        synchronized (lock) {
            return end(id, FrameType.VOID, id.toBytes());
        }
    }

    private Optional<Hold> end(HoldId id, FrameType type, byte[] payload) {
        var ended = index.ended(id);
        if (ended == null) {
            return Optional.empty();
        }
        log.append(type, payload);
        segments.reserve(-ended.reserved());
        return Optional.of(ended.hold());
    }

    /**
     * Writes a settlement for which no hold is open: of a hold that this journal lost, or the
     * correction of one that was settled before.
     *
     * @return false if there is no room
     */
    public boolean settleUnknown(UsageRecord settlement) {
        var payload = settlement.toByteArray();
        int size = Frame.sizeOf(payload.length);
        synchronized (lock) {
            if (size > settings.maxFrameBytes() || log.room() < size) {
                return false;
            }
            log.append(FrameType.SETTLE, payload);
            index.settled(settlement.getHold(), segments.current().end());
            return true;
        }
    }

    public boolean isOpen(HoldId id) {
        synchronized (lock) {
            return index.isOpen(id);
        }
    }

    /** All open holds, as of now. */
    public List<Hold> open() {
        synchronized (lock) {
            return index.openHolds().stream().map(JournalIndex.OpenHold::hold).toList();
        }
    }

    public int openHolds() {
        synchronized (lock) {
            return index.openCount();
        }
    }

    /** The first place whose settlements billing may not have. */
    public Position unacked() {
        synchronized (lock) {
            return segments.atOrAfter(index.acked());
        }
    }

    private Position kept(Position position) {
        synchronized (lock) {
            return segments.atOrAfter(position);
        }
    }

    /**
     * Reads settlements from a place at or behind {@link #unacked}.
     *
     * @param limit records at most
     */
    public Settled read(Position from, int limit) {
        var records = new ArrayList<UsageRecord>();
        var at = kept(from);
        while (records.size() < limit) {
            var frame = segmentOf(at).frameAt(at.offset());
            if (frame != null) {
                at = new Position(at.segment(), frame.next());
                if (frame.type() == FrameType.SETTLE) {
                    records.add(settlement(frame));
                }
                continue;
            }
            var next = after(at);
            if (next.equals(at)) {
                break;
            }
            at = next;
        }
        return new Settled(List.copyOf(records), at);
    }

    private static UsageRecord settlement(Frame frame) {
        try {
            return UsageRecord.parseFrom(frame.payload());
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException("journal: no settlement in a good frame", e);
        }
    }

    private Segment segmentOf(Position position) {
        synchronized (lock) {
            return segments.get(position.segment());
        }
    }

    private Position after(Position at) {
        synchronized (lock) {
            // If a frame came since the caller looked, it stays here and reads that next time.
            boolean more = segments.get(at.segment()).end().compareTo(at) > 0;
            return more ? at : segments.after(at);
        }
    }

    /** Billing has every settlement before this place. */
    public void acked(Position position) {
        synchronized (lock) {
            if (position.compareTo(index.acked()) > 0) {
                index.acked(position);
            }
        }
    }

    /** Billing's database lost commits: all that is still here counts as not acknowledged. */
    public void rewind() {
        synchronized (lock) {
            index.acked(Position.FIRST);
            log.persistAcked();
        }
    }

    /** Incarnations, this one included, of which nothing is open and billing has everything. */
    public List<Incarnation> drained() {
        synchronized (lock) {
            return index.drained();
        }
    }

    /** Every incarnation whose leases billing may still count. */
    public List<Incarnation> incarnations() {
        synchronized (lock) {
            return index.incarnations();
        }
    }

    /** Whether a hold of an earlier incarnation was already ended when this process began. */
    public boolean endedBefore(HoldId id) {
        synchronized (lock) {
            return index.endedBefore(id);
        }
    }

    /** Billing closed the leases of this incarnation. */
    public void closed(Incarnation closed) {
        synchronized (lock) {
            boolean known = index.incarnations().contains(closed);
            if (known && log.room() >= JournalLog.INCARNATION_FRAME) {
                log.append(FrameType.CLOSED, closed.bytes().toByteArray());
                index.closed(closed);
            }
        }
    }

    /** Behind the last frame; for tests. */
    Position end() {
        synchronized (lock) {
            return segments.current().end();
        }
    }

    /** Bytes that new holds and their settlements may still take. */
    public long room() {
        synchronized (lock) {
            return log.room();
        }
    }

    /** Files on the volume. */
    public int segments() {
        synchronized (lock) {
            return segments.count();
        }
    }

    /**
     * Brings what was written to the disk, makes the next file and deletes files that hold nothing
     * any more. To be called every 50 ms by one thread of its own.
     *
     * @throws IOException if the volume refuses; what can be promised is still kept, and the next
     *     call tries again
     */
    public void maintain() throws IOException {
        synchronized (maintenance) {
            for (var free : prepare()) {
                free.delete();
            }
            for (var segment : snapshot()) {
                segment.force();
            }
            addSpare();
        }
    }

    private List<Segment> prepare() {
        synchronized (lock) {
            if (index.ackedWorthWriting()) {
                log.persistAcked();
            }
            var free = segments.takeFree(index.acked());
            index.forgetEndedBefore(segments.oldest());
            return free;
        }
    }

    private List<Segment> snapshot() {
        synchronized (lock) {
            return segments.all();
        }
    }

    private void addSpare() throws IOException {
        long number;
        synchronized (lock) {
            if (!segments.wantsSpare(log.head())) {
                return;
            }
            number = segments.nextNumber();
        }
        var spare = segments.create(number);
        synchronized (lock) {
            segments.addSpare(spare);
        }
    }

    /** Writes all to the disk and lets another process have the journal. */
    @Override
    public void close() {
        synchronized (maintenance) {
            try {
                maintain();
                segments.close();
                directoryLock.close();
            } catch (IOException e) {
                throw new JournalLost("cannot close the journal: " + e.getMessage(), e);
            }
        }
    }
}
