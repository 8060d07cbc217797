package io.apihub.extauthz.journal;

import com.google.protobuf.ByteString;
import io.apihub.usage.v1.Hold;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The incarnations whose leases billing may still count. Thread safe. */
public final class Lives {

    /** So many settlements are read at most to say what is open; with more, it is said later. */
    private static final int MOST_UNACKED = 20_000;

    private final Object lock;
    private final Incarnation own;
    private final Segments segments;
    private final JournalLog log;
    private final JournalIndex index;
    private final JournalReader reader;

    /**
     * @param lock the journal's, guards segments and log
     */
    Lives(Object lock, Incarnation own, Segments segments, JournalLog log, JournalReader reader) {
        this.lock = lock;
        this.own = own;
        this.segments = segments;
        this.log = log;
        this.index = log.index();
        this.reader = reader;
    }

    /** All of them, the one of this process included. */
    public List<Incarnation> all() {
        synchronized (lock) {
            return index.incarnations();
        }
    }

    /** Whether there is none but the one of this process. */
    public boolean isAlone() {
        synchronized (lock) {
            return index.liveCount() == 0 || (index.liveCount() == 1 && index.isLive(own));
        }
    }

    /** Those, this one included, of which nothing is open and billing has everything. */
    public List<Incarnation> drained() {
        synchronized (lock) {
            return index.drained();
        }
    }

    /** The timeline of billing's database that all acknowledgements are about; 0 = not known. */
    public long timeline() {
        synchronized (lock) {
            return index.timeline();
        }
    }

    /**
     * Whether every hold that it admitted is known. If not, it ended with its machine, or the
     * journal is damaged: its leases may have been spent by requests that nobody knows of.
     */
    public boolean isWhole(Incarnation incarnation) {
        synchronized (lock) {
            return incarnation.equals(own) || index.isWhole(incarnation);
        }
    }

    /** Billing closed the leases of this incarnation, or needs no more to do so itself. */
    public void closed(Incarnation closed) {
        synchronized (lock) {
            if (index.isLive(closed) && log.room() >= JournalLog.INCARNATION_FRAME) {
                log.append(FrameType.CLOSED, closed.bytes().toByteArray());
                index.closed(closed);
            }
        }
    }

    /**
     * What earlier incarnations that are whole still have open; empty if there is none, or if it
     * can't be said now. Never too little of any lease, as of now and later.
     */
    public Optional<Found> found() {
        var open = new LinkedHashMap<ByteString, Map<Long, Long>>();
        var held = new ArrayList<WrittenHold>();
        Position unacked;
        long timeline;
        synchronized (lock) {
            for (var life : index.incarnations()) {
                if (!life.equals(own) && index.isWhole(life)) {
                    open.put(life.bytes(), new TreeMap<>());
                }
            }
            timeline = index.timeline();
            if (open.isEmpty() || timeline == 0) {
                return Optional.empty();
            }
            for (var hold : index.openHolds()) {
                if (open.containsKey(hold.hold().incarnation())) {
                    held.add(hold.hold());
                }
            }
            unacked = segments.atOrAfter(index.acked());
        }
        var settled = reader.read(unacked, MOST_UNACKED).records();
        if (settled.size() == MOST_UNACKED) {
            return Optional.empty();
        }
        held.forEach(hold -> add(hold.message(), open));
        settled.forEach(record -> add(record.getHold(), open));
        var found = new LinkedHashMap<Incarnation, Map<Long, Long>>();
        open.forEach((incarnation, byLease) -> found.put(Incarnation.of(incarnation), byLease));
        return Optional.of(new Found(timeline, found));
    }

    private static void add(Hold hold, Map<ByteString, Map<Long, Long>> open) {
        var byLease = open.get(hold.getIncarnation());
        if (byLease != null) {
            for (var taken : hold.getTakenList()) {
                byLease.merge(taken.getLeaseId(), taken.getAmount(), Long::sum);
            }
        }
    }
}
