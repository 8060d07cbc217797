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
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.stream.Stream;
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

    /** Billing closed them, and may forget that if its database loses commits. */
    private final Map<ByteString, Life> closed = new LinkedHashMap<>();

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

    /**
     * All frames were taken in. What another timeline's database had may be lost.
     *
     * @param unread whether something that is not acknowledged was not taken in
     */
    void replayed(boolean unread) {
        if (unread || (ackedTimeline != 0 && ackedTimeline != timeline)) {
            acked = Position.FIRST;
        }
    }

    /**
     * Nothing counts as acknowledged. If a database had something, what lives is drained once all
     * before this place is acknowledged.
     */
    void sendAgain(Position end) {
        acked = Position.FIRST;
        if (timeline != 0) {
            lives.values().forEach(life -> life.settled(end));
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
        if (mark.begins()) {
            lives.values().forEach(Life::over);
        }
        // If this is not how it began, that was in what is damaged.
        told(mark, damaged && !mark.begins());
    }

    /**
     * Takes in what a frame says of an incarnation; one that was closed lives again.
     *
     * @param doubtful if nothing was known of it
     * @return whether it did not live
     */
    private boolean told(LifeMark mark, boolean doubtful) {
        var key = mark.incarnation().bytes();
        var known = lives.get(key);
        if (known != null) {
            known.told(mark);
            return false;
        }
        var earlier = closed.remove(key);
        if (earlier != null) {
            earlier.told(mark);
            lives.put(key, earlier);
            return true;
        }
        var life = new Life(mark, Position.FIRST);
        open.values().stream()
                .filter(hold -> hold.hold().incarnation().equals(key))
                .forEach(_ -> life.countHold(1));
        if (doubtful) {
            life.doubt();
        }
        lives.put(key, life);
        return true;
    }

    private Life lifeOf(Incarnation incarnation) {
        return Objects.requireNonNull(lives.get(incarnation.bytes()));
    }

    private @Nullable Life lifeOf(ByteString incarnation) {
        var life = lives.get(incarnation);
        return life == null ? closed.get(incarnation) : life;
    }

    /** From this place on something is missing. */
    void gap() {
        lives.values().forEach(Life::gap);
        closed.values().forEach(Life::gap);
    }

    /** In the last gap, holds may be lost. */
    void damaged() {
        damaged = true;
        lives.values().forEach(Life::damaged);
        closed.values().forEach(Life::damaged);
    }

    /**
     * It was closed, but billing forgot that, and perhaps its records: they end here at most.
     *
     * @return how it is to be written down; empty if it lives anyway
     */
    Optional<LifeMark> revive(LifeMark mark, Position end) {
        if (!told(mark, damaged)) {
            return Optional.empty();
        }
        var life = lifeOf(mark.incarnation());
        life.settled(end);
        return Optional.of(life.mark());
    }

    /**
     * All that was written is on the disk now: holds of lives that are whole can't be lost.
     *
     * @param own of the one that writes too: it admits nothing more
     */
    List<LifeMark> wholeLast(boolean own) {
        var changed = new ArrayList<LifeMark>();
        Stream.of(lives, closed)
                .flatMap(each -> each.values().stream())
                .filter(life -> !life.isLasting())
                .filter(life -> isOwn(life) ? own : life.isWhole(boot))
                .forEach(life -> {
                    life.lasts();
                    changed.add(life.mark());
                });
        return changed;
    }

    private boolean isOwn(Life life) {
        return life.incarnation().equals(own);
    }

    boolean isWhole(Incarnation incarnation) {
        var life = lives.get(incarnation.bytes());
        return life != null && life.isWhole(boot);
    }

    void opened(WrittenHold hold, Segment segment, int reserved) {
        if (open.putIfAbsent(hold.id(), new OpenHold(hold, segment, reserved)) == null) {
            segment.countHold(1);
            var life = lifeOf(hold.incarnation());
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
            var life = lifeOf(ended.hold().incarnation());
            if (life != null) {
                life.countHold(-1);
            }
        }
        return ended;
    }

    void settled(Hold hold, Position end) {
        lastSettlement = end;
        var life = lifeOf(hold.getIncarnation());
        if (life != null) {
            life.settled(end);
        }
    }

    void closed(Incarnation incarnation) {
        var life = lives.remove(incarnation.bytes());
        if (life != null) {
            life.over();
            closed.put(incarnation.bytes(), life);
        }
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
