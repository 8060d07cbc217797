package io.apihub.extauthz.journal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.UsageRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    record OpenHold(WrittenHold hold, Segment segment, int reserved) {}

    private final BootId boot;
    private final Map<HoldId, OpenHold> open = new HashMap<>();
    private final Map<ByteString, Life> lives = new LinkedHashMap<>();
    private final RecentHolds endedBefore = new RecentHolds();
    private final RecentHolds provisional = new RecentHolds();
    private @Nullable Incarnation own;
    private Position lastSettlement = Position.FIRST;
    private Position acked = Position.FIRST;
    private Position ackedWritten = Position.FIRST;
    private long ackedTimeline;
    private long timeline;
    private boolean damaged;

    /**
     * @param boot the life of the machine that reads
     */
    JournalIndex(BootId boot) {
        this.boot = boot;
    }

    /** Takes in one frame that an earlier process wrote. */
    void replay(Frame frame, Position end, LongFunction<Segment> segments)
            throws InvalidProtocolBufferException {
        switch (frame.type()) {
            case INCARNATION -> live(LifeMark.of(frame.payload()));
            case HOLD -> {
                var hold = WrittenHold.of(Hold.parseFrom(frame.payload()));
                if (!endedBefore.contains(hold.id()) && !provisional.contains(hold.id())) {
                    opened(hold, segments.apply(end.segment()), JournalLog.settlementOf(hold));
                }
            }
            case SETTLE, PROVISIONAL -> {
                var record = UsageRecord.parseFrom(frame.payload());
                endedEarlier(
                        WrittenHold.idOf(record.getHold()), frame.type() == FrameType.PROVISIONAL);
                settled(record.getHold(), end);
            }
            case VOID -> endedEarlier(HoldId.ofBytes(frame.payload().toByteArray()), false);
            case ACKED -> replay(Acknowledged.of(frame.payload()));
            case CLOSED -> closed(Incarnation.of(frame.payload()));
            case TIMELINE -> timeline = frame.payload().asReadOnlyByteBuffer().getLong();
            case NEEDED -> {}
        }
    }

    private void replay(Acknowledged said) {
        acked = said.to();
        ackedTimeline = said.timeline();
    }

    /** All frames were taken in. What another timeline's database had may be lost. */
    void replayed() {
        if (ackedTimeline != 0 && ackedTimeline != timeline) {
            acked = Position.FIRST;
        }
    }

    private void endedEarlier(HoldId id, boolean provisionally) {
        ended(id);
        if (provisionally) {
            provisional.add(id);
        } else {
            provisional.remove(id);
            endedBefore.add(id);
        }
    }

    boolean endedBefore(HoldId id) {
        return endedBefore.contains(id);
    }

    void provisional(HoldId id) {
        provisional.add(id);
    }

    boolean isProvisional(HoldId id) {
        return provisional.contains(id);
    }

    void corrected(HoldId id) {
        provisional.remove(id);
    }

    /** The incarnation that writes from now on. */
    void begins(LifeMark mark) {
        own = mark.incarnation();
        live(mark);
    }

    private void live(LifeMark mark) {
        var key = mark.incarnation().bytes();
        if (mark.begins()) {
            lives.values().forEach(Life::over);
        }
        var known = lives.putIfAbsent(key, new Life(mark, Position.FIRST));
        if (known != null) {
            known.told(mark);
        } else if (damaged && !mark.begins()) {
            // How it began was in what is damaged.
            lifeOf(key).doubt();
        }
    }

    private Life lifeOf(ByteString incarnation) {
        return Objects.requireNonNull(lives.get(incarnation));
    }

    /** From this place on something is missing. */
    void gap() {
        lives.values().forEach(Life::gap);
    }

    /** In the last gap, holds may be lost. */
    void damaged() {
        damaged = true;
        lives.values().forEach(Life::damaged);
    }

    /** It was closed, but billing forgot that, and perhaps its records: they end here at most. */
    boolean revive(LifeMark mark, Position end) {
        var key = mark.incarnation().bytes();
        var known = lives.putIfAbsent(key, new Life(mark, end));
        if (known != null) {
            known.told(mark);
        } else if (damaged) {
            lifeOf(key).doubt();
        }
        return known == null;
    }

    /**
     * All that was written is on the disk now: holds of lives that are whole can't be lost.
     *
     * @param own of the one that writes too: it admits nothing more
     */
    List<LifeMark> wholeLast(boolean own) {
        var changed = new ArrayList<LifeMark>();
        for (var life : lives.values()) {
            boolean whole = life.incarnation().equals(this.own) ? own : life.isWhole(boot);
            if (!life.isLasting() && whole) {
                life.lasts();
                changed.add(life.mark());
            }
        }
        return changed;
    }

    boolean isWhole(Incarnation incarnation) {
        var life = lives.get(incarnation.bytes());
        return life != null && life.isWhole(boot);
    }

    void opened(WrittenHold hold, Segment segment, int reserved) {
        if (open.putIfAbsent(hold.id(), new OpenHold(hold, segment, reserved)) == null) {
            segment.countHold(1);
            var life = lives.get(hold.incarnation());
            if (life != null) {
                life.countHold(1);
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
            var life = lives.get(ended.hold().incarnation());
            if (life != null) {
                life.countHold(-1);
            }
        }
        return ended;
    }

    void settled(Hold hold, Position end) {
        lastSettlement = end;
        var life = lives.get(hold.getIncarnation());
        if (life != null) {
            life.settled(end);
        }
    }

    void closed(Incarnation incarnation) {
        lives.remove(incarnation.bytes());
    }

    boolean isLive(Incarnation incarnation) {
        return lives.containsKey(incarnation.bytes());
    }

    void acked(Position position) {
        acked = position;
    }

    /** Whether a restart would send again what billing has. */
    boolean ackedWorthWriting() {
        return acked.compareTo(ackedWritten) > 0 && ackedWritten.compareTo(lastSettlement) < 0;
    }

    /** What is to be written about it, and counts as written now. */
    Acknowledged writeAcked() {
        ackedWritten = acked;
        return new Acknowledged(acked, timeline);
    }

    long timeline() {
        return timeline;
    }

    void timeline(long number) {
        timeline = number;
    }

    int liveCount() {
        return lives.size();
    }

    Position acked() {
        return acked;
    }

    List<LifeMark> marks() {
        return lives.values().stream().map(Life::mark).toList();
    }

    List<Incarnation> incarnations() {
        return lives.values().stream().map(Life::incarnation).toList();
    }

    /** Incarnations of which nothing is open and everything is acknowledged. */
    List<Incarnation> drained() {
        var drained = new ArrayList<Incarnation>();
        for (var life : lives.values()) {
            if (life.isDrained(acked)) {
                drained.add(life.incarnation());
            }
        }
        return drained;
    }

    List<OpenHold> openHolds() {
        return List.copyOf(open.values());
    }

    int openCount() {
        return open.size();
    }
}
