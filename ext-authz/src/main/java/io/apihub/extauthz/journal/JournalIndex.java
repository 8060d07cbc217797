package io.apihub.extauthz.journal;

import com.google.protobuf.InvalidProtocolBufferException;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.UsageRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** What the frames mean: which holds are open, which incarnations live. Guarded by the journal. */
final class JournalIndex {

    /**
     * An open hold.
     *
     * @param segment where it is written
     * @param reserved bytes kept free for its settlement
     */
    record OpenHold(Hold hold, Segment segment, int reserved) {}

    /** The life of one incarnation as far as it matters for closing it. */
    private static final class Life {
        private int open;
        private Position lastSettlement = Position.FIRST;
    }

    private final Map<HoldId, OpenHold> open = new HashMap<>();
    private final Map<Incarnation, Life> lives = new LinkedHashMap<>();
    private final Set<HoldId> endedBefore = new HashSet<>();
    private Position lastReplayed = Position.FIRST;
    private Position lastSettlement = Position.FIRST;
    private Position acked = Position.FIRST;
    private Position ackedWritten = Position.FIRST;

    /** Takes in one frame that an earlier process wrote. */
    void replay(Frame frame, Position end, LongFunction<Segment> segments)
            throws InvalidProtocolBufferException {
        lastReplayed = end;
        switch (frame.type()) {
            case INCARNATION -> live(Incarnation.of(frame.payload()));
            case HOLD -> {
                var hold = Hold.parseFrom(frame.payload());
                opened(hold, segments.apply(end.segment()), JournalLog.settlementOf(hold));
            }
            case SETTLE -> {
                var record = UsageRecord.parseFrom(frame.payload());
                endedEarlier(idOf(record.getHold()));
                settled(record.getHold(), end);
            }
            case VOID -> endedEarlier(HoldId.ofBytes(frame.payload().toByteArray()));
            case ACKED -> acked = Position.of(frame.payload());
            case CLOSED -> closed(Incarnation.of(frame.payload()));
        }
    }

    private void endedEarlier(HoldId id) {
        ended(id);
        endedBefore.add(id);
    }

    boolean endedBefore(HoldId id) {
        return endedBefore.contains(id);
    }

    /** Once every file of earlier processes is gone, billing alone tells repeats. */
    void forgetEndedBefore(long oldestSegment) {
        if (oldestSegment > lastReplayed.segment()) {
            endedBefore.clear();
        }
    }

    void live(Incarnation incarnation) {
        lives.putIfAbsent(incarnation, new Life());
    }

    void opened(Hold hold, Segment segment, int reserved) {
        if (open.putIfAbsent(idOf(hold), new OpenHold(hold, segment, reserved)) == null) {
            segment.countHold(1);
            var life = lives.get(Incarnation.of(hold.getIncarnation()));
            if (life != null) {
                life.open++;
            }
        }
    }

    boolean isOpen(HoldId id) {
        return open.containsKey(id);
    }

    /** Forgets an open hold; null if there is none of this id. */
    @Nullable OpenHold ended(HoldId id) {
        var ended = open.remove(id);
        if (ended != null) {
            ended.segment().countHold(-1);
            var life = lives.get(Incarnation.of(ended.hold().getIncarnation()));
            if (life != null) {
                life.open--;
            }
        }
        return ended;
    }

    void settled(Hold hold, Position end) {
        lastSettlement = end;
        var life = lives.get(Incarnation.of(hold.getIncarnation()));
        if (life != null) {
            life.lastSettlement = end;
        }
    }

    void closed(Incarnation incarnation) {
        lives.remove(incarnation);
    }

    void acked(Position position) {
        acked = position;
    }

    /** Whether a restart would send again what billing has. */
    boolean ackedWorthWriting() {
        return acked.compareTo(ackedWritten) > 0 && ackedWritten.compareTo(lastSettlement) < 0;
    }

    void ackedWritten() {
        ackedWritten = acked;
    }

    int liveCount() {
        return lives.size();
    }

    Position acked() {
        return acked;
    }

    List<Incarnation> incarnations() {
        return List.copyOf(lives.keySet());
    }

    /** Incarnations of which nothing is open and everything is acknowledged. */
    List<Incarnation> drained() {
        var drained = new ArrayList<Incarnation>();
        lives.forEach((incarnation, life) -> {
            if (life.open == 0 && life.lastSettlement.compareTo(acked) <= 0) {
                drained.add(incarnation);
            }
        });
        return drained;
    }

    List<OpenHold> openHolds() {
        return List.copyOf(open.values());
    }

    int openCount() {
        return open.size();
    }

    static HoldId idOf(Hold hold) {
        return HoldId.ofBytes(hold.getHoldId().toByteArray());
    }
}
