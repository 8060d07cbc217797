package io.apihub.extauthz.journal;

import com.google.protobuf.InvalidProtocolBufferException;
import io.apihub.usage.v1.UsageRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads settlements in their order, beside the writer. Thread safe. */
final class JournalReader {

    private static final Logger LOG = LoggerFactory.getLogger(JournalReader.class);

    private final Object lock;
    private final Segments segments;
    private final JournalLog log;
    private int reading;
    private Position reviveUntil = Position.FIRST;

    /**
     * @param lock the journal's, guards segments and log
     */
    JournalReader(Object lock, Segments segments, JournalLog log) {
        this.lock = lock;
        this.segments = segments;
        this.log = log;
    }

    /** Whether files must stay because somebody reads. To be asked with the lock. */
    boolean isReading() {
        return reading > 0;
    }

    /** Incarnations that are met before this place are to be closed once more. With the lock. */
    void reviveUntil(Position position) {
        reviveUntil = position;
    }

    UsageJournal.Settled read(Position from, int limit) {
        Position at;
        synchronized (lock) {
            reading++;
            at = segments.atOrAfter(from);
        }
        try {
            return readPinned(at, limit);
        } finally {
            synchronized (lock) {
                reading--;
            }
        }
    }

    private UsageJournal.Settled readPinned(Position from, int limit) {
        var records = new ArrayList<UsageRecord>();
        var at = from;
        while (records.size() < limit) {
            var frame = segmentOf(at).frameAt(at.offset());
            if (frame == null) {
                var next = after(at);
                if (next.equals(at)) {
                    break;
                }
                at = next;
                continue;
            }
            at = new Position(at.segment(), frame.next());
            if (frame.type().isSettlement()) {
                var record = settlement(frame, at);
                if (record != null) {
                    records.add(record);
                }
            } else if (frame.type() == FrameType.INCARNATION) {
                revive(frame, at);
            }
        }
        return new UsageJournal.Settled(List.copyOf(records), at);
    }

    private static @Nullable UsageRecord settlement(Frame frame, Position end) {
        try {
            return UsageRecord.parseFrom(frame.payload());
        } catch (InvalidProtocolBufferException e) {
            LOG.error("journal: cannot understand the settlement before {}", end, e);
            return null;
        }
    }

    private void revive(Frame frame, Position at) {
        synchronized (lock) {
            boolean forgotten = at.compareTo(reviveUntil) < 0;
            if (forgotten && log.room() >= 2L * JournalLog.INCARNATION_FRAME) {
                revive(LifeMark.of(frame.payload()));
            }
        }
    }

    private void revive(LifeMark mark) {
        log.index()
                .revive(mark, reviveUntil)
                .ifPresent(life -> log.append(FrameType.INCARNATION, life.toBytes()));
    }

    private Segment segmentOf(Position position) {
        synchronized (lock) {
            return segments.get(position.segment());
        }
    }

    private Position after(Position at) {
        synchronized (lock) {
            // If a frame came since the caller looked, it stays here and reads that next time.
            boolean more = segments.get(at.segment()).frameAt(at.offset()) != null;
            return more ? at : segments.after(at);
        }
    }
}
