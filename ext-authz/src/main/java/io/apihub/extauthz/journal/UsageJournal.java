package io.apihub.extauthz.journal;

import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.UsageRecord;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Remembers every hold until it is settled, and every settlement until billing has it, and a day
 * longer. Thread safe.
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
    private final JournalLimits limits;
    private final Incarnation incarnation;
    private final JournalLog log;
    private final Segments segments;
    private final JournalIndex index;
    private final JournalReader reader;
    private final JournalUpkeep upkeep;
    private final Lives lives;
    private final List<Hold> recovered;
    private long rewinds;
    private boolean ends;

    private UsageJournal(
            JournalStorage storage,
            JournalLimits limits,
            Incarnation incarnation,
            BootId boot,
            LongSupplier nanoTime)
            throws IOException {
        this.limits = limits;
        this.incarnation = incarnation;
        this.segments = new Segments(storage, limits);
        this.log = new JournalLog(segments, boot);
        this.index = log.index();
        this.reader = new JournalReader(lock, segments, log);
        this.upkeep = new JournalUpkeep(lock, segments, log, reader, nanoTime);
        log.replay();
        recovered = open();
        this.lives = new Lives(lock, incarnation, segments, log, reader);
        log.begin(incarnation, limits.sync() == JournalSync.ALWAYS ? Trust.LASTING : Trust.MACHINE);
        if (index.acked().equals(Position.FIRST)) {
            sendAgain();
        }
        upkeep.keepFound();
    }

    private void sendAgain() {
        var end = segments.current().end();
        reader.reviveUntil(end);
        index.sendAgain(end);
    }

    /**
     * Opens the journal, reads what earlier processes left and goes on behind it.
     *
     * @throws JournalLost if another process has it or the volume refuses
     */
    public static UsageJournal open(JournalSettings settings, Incarnation incarnation) {
        try {
            return open(
                    FileStorage.in(settings.directory()),
                    settings.limits(),
                    incarnation,
                    BootId.current(),
                    System::nanoTime);
        } catch (IOException e) {
            throw new JournalLost("cannot open the journal: " + e.getMessage(), e);
        }
    }

    /**
     * Opens the journal that is kept in a storage, which it closes at the end.
     *
     * @param boot the life of the machine that this process runs in
     * @param nanoTime monotonic
     * @throws JournalLost if the storage refuses
     */
    public static UsageJournal open(
            JournalStorage storage,
            JournalLimits limits,
            Incarnation incarnation,
            BootId boot,
            LongSupplier nanoTime) {
        try {
            return new UsageJournal(storage, limits, incarnation, boot, nanoTime);
        } catch (IOException | RuntimeException e) {
            var lost = new JournalLost("cannot open the journal: " + e.getMessage(), e);
            try {
                storage.close();
            } catch (IOException again) {
                lost.addSuppressed(again);
            }
            throw lost;
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

    /** Bytes that were found damaged, and read past, when the journal was opened. */
    public long damagedBytes() {
        synchronized (lock) {
            return log.damaged();
        }
    }

    /**
     * Writes a hold.
     *
     * @return false if there is no room for it and its settlement, or the disk fails: refuse the
     *     request
     */
    public boolean hold(WrittenHold hold) {
        int reserved = JournalLog.settlementOf(hold);
        synchronized (lock) {
            int needed = Frame.sizeOf(hold.bytes().length) + reserved;
            if (ends
                    || upkeep.diskFails()
                    || reserved > limits.maxFrameBytes()
                    || log.room() < needed + limits.spareBytes()) {
                return false;
            }
            segments.reserve(reserved);
            log.append(FrameType.HOLD, hold.bytes());
            index.opened(hold, segments.current(), reserved);
        }
        return limits.sync() == JournalSync.BEHIND || isOnDisk(hold.id());
    }

    private boolean isOnDisk(HoldId id) {
        try {
            upkeep.forceAll();
            return true;
        } catch (IOException e) {
            release(id);
            return false;
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
        return settle(settlement, FrameType.SETTLE);
    }

    /** As {@link #settle}, for a hold of which Envoy said nothing; a true one may correct it. */
    public boolean settleProvisionally(UsageRecord settlement) {
        return settle(settlement, FrameType.PROVISIONAL);
    }

    private boolean settle(UsageRecord settlement, FrameType type) {
        var payload = settlement.toByteArray();
        var id = WrittenHold.idOf(settlement.getHold());
        synchronized (lock) {
            if (!index.isOpen(id)) {
                return false;
            }
            if (Frame.sizeOf(payload.length) > JournalLog.settlementOf(settlement.getHold())) {
                throw new IllegalArgumentException("settlement too large: " + payload.length);
            }
            end(id, type, payload);
            index.settled(settlement.getHold(), segments.current().end());
            if (type == FrameType.PROVISIONAL) {
                index.provisional(id);
            }
            return true;
        }
    }

    /**
     * Writes what corrects a provisional settlement, by this process or an earlier one; once for
     * each.
     *
     * @return false, and nothing written, if there is none to correct or no room now
     */
    public boolean correct(UsageRecord settlement) {
        var id = WrittenHold.idOf(settlement.getHold());
        synchronized (lock) {
            if (!index.isProvisional(id) || !settleUnknown(settlement)) {
                return false;
            }
            index.corrected(id);
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
        return Optional.of(ended.hold().message());
    }

    /**
     * Writes a settlement for which no hold is open: of a hold that this journal lost or that was
     * ended long ago.
     *
     * @return false if there is no room
     */
    public boolean settleUnknown(UsageRecord settlement) {
        var payload = settlement.toByteArray();
        int size = Frame.sizeOf(payload.length);
        synchronized (lock) {
            if (size > limits.maxFrameBytes() || log.room() < size) {
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
        List<JournalIndex.OpenHold> open;
        synchronized (lock) {
            open = index.openHolds();
        }
        return open.stream().map(each -> each.hold().message()).toList();
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

    /**
     * Reads settlements from a place at or behind {@link #unacked}.
     *
     * @param limit records at most
     */
    public Settled read(Position from, int limit) {
        return reader.read(from, limit);
    }

    /**
     * Billing has every settlement before this place.
     *
     * @param rewinds what {@link #rewinds} said before the settlements were read; the word of a
     *     database from before a fail-over counts for nothing
     */
    public void acked(Position position, long rewinds) {
        synchronized (lock) {
            if (rewinds == this.rewinds && position.compareTo(index.acked()) > 0) {
                index.acked(position);
            }
        }
    }

    /** How often all that is kept had to be sent again. */
    public long rewinds() {
        synchronized (lock) {
            return rewinds;
        }
    }

    /**
     * Takes note of the timeline of billing's database. If it is not the one that all
     * acknowledgements were about, that database was failed over and may have lost commits: all
     * that is kept counts as not acknowledged, and closed incarnations as not closed.
     *
     * @param number 0 = not known
     */
    public void timeline(long number) {
        synchronized (lock) {
            long before = index.timeline();
            if (number == 0 || number == before) {
                return;
            }
            index.timeline(number);
            if (before != 0) {
                rewinds++;
                segments.needAll();
                log.needed(segments.oldest());
                sendAgain();
                log.persistAcked();
            }
            log.persistTimeline();
        }
    }

    /** The incarnations whose leases billing may still count. */
    public Lives lives() {
        return lives;
    }

    /** Whether a hold of an earlier incarnation was already ended when this process began. */
    public boolean endedBefore(HoldId id) {
        synchronized (lock) {
            return index.endedBefore(id);
        }
    }

    /** Behind the last frame. */
    public Position end() {
        synchronized (lock) {
            return segments.current().end();
        }
    }

    /** Bytes that new holds and their settlements may still take; 0 while the disk fails. */
    public long room() {
        synchronized (lock) {
            return upkeep.diskFails() ? 0 : Math.max(0, log.room() - limits.spareBytes());
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
        upkeep.maintain();
    }

    /** Runs something once all that is written by now is on the disk. */
    public void whenOnDisk(Runnable action) {
        upkeep.whenForced(action);
    }

    /** Writes all to the disk and lets another process have the journal. */
    @Override
    public void close() {
        synchronized (lock) {
            ends = true;
        }
        try (segments) {
            upkeep.forceWhole(true);
        } catch (IOException e) {
            throw new JournalLost("cannot close the journal: " + e.getMessage(), e);
        }
    }
}
