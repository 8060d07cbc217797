package io.apihub.extauthz.journal;

import com.google.protobuf.InvalidProtocolBufferException;
import io.apihub.usage.v1.Hold;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One sequence of frames over many files, and what they mean. Guarded by the journal's lock. */
final class JournalLog {

    private static final Logger LOG = LoggerFactory.getLogger(JournalLog.class);

    static final int INCARNATION_FRAME = Frame.sizeOf(LifeMark.BYTES);
    private static final int ACKED_FRAME = Frame.sizeOf(Acknowledged.BYTES);
    private static final int NUMBER_FRAME = Frame.sizeOf(Long.BYTES);

    /** A settlement adds at most this many bytes to its hold; texts in it are cut to that. */
    private static final int SETTLEMENT_EXTRA = 2304;

    private final Segments segments;
    private final BootId boot;
    private final JournalIndex index;
    private final Gaps gaps;
    private long damaged;
    private long needed;

    JournalLog(Segments segments, BootId boot) {
        this.segments = segments;
        this.boot = boot;
        this.index = new JournalIndex(boot);
        this.gaps = new Gaps(index::gap);
    }

    JournalIndex index() {
        return index;
    }

    /** Bytes that were damaged when the journal was opened. */
    long damaged() {
        return damaged;
    }

    /** Reads what earlier processes wrote and is still needed. */
    void replay() throws IOException {
        segments.openAll();
        needed = lastNeeded();
        for (var segment : segments.all()) {
            if (segment.number() >= needed) {
                gaps.file();
                int here = segment.scan(this::replay);
                gaps.end(segment.end().offset());
                if (here > 0) {
                    damaged += here;
                    LOG.warn("journal: read past {} damaged bytes before {}", here, segment.end());
                }
            }
        }
        index.replayed(isUnread(index.acked()));
        index.openHolds().forEach(hold -> segments.reserve(hold.reserved()));
    }

    /** Whether something from this place on is in a file that was not needed any more. */
    private boolean isUnread(Position acked) {
        for (var segment : segments.all()) {
            long number = segment.number();
            if (number < needed && number >= acked.segment()) {
                int at = number == acked.segment() ? acked.offset() : 0;
                for (var frame = segment.frameAt(at);
                        frame != null;
                        frame = segment.frameAt(frame.next())) {
                    if (frame.type().isSettlement()) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private long lastNeeded() {
        var newestFirst = List.copyOf(segments.all()).reversed();
        for (var segment : newestFirst) {
            Frame frame = segment.frameAt(0);
            while (frame != null
                    && frame.type() != FrameType.HOLD
                    && !frame.type().isSettlement()) {
                if (frame.type() == FrameType.NEEDED) {
                    return frame.payload().asReadOnlyByteBuffer().getLong();
                }
                frame = segment.frameAt(frame.next());
            }
        }
        return 0;
    }

    /** A good frame that says nothing to this version must not stop all others. */
    private void replay(Frame frame, Position end) {
        try {
            if (gaps.isDamaged(frame)) {
                index.damaged();
            }
            index.replay(frame, end, segments::get);
        } catch (InvalidProtocolBufferException | RuntimeException e) {
            damaged += frame.payload().size();
            LOG.error("journal: cannot understand the {} before {}", frame.type(), end, e);
        }
    }

    /**
     * Goes on behind what earlier processes wrote.
     *
     * @param trust how much its end with its machine may take
     * @throws IOException if there is not even room for that
     */
    void begin(Incarnation incarnation, Trust trust) throws IOException {
        if (segments.isEmpty() && !segments.hasSpare()) {
            segments.addSpare(segments.create(segments.nextNumber()));
        }
        if (segments.isEmpty()) {
            roll();
        }
        needed = segments.oldestNeeded(index.acked());
        if (!fits(INCARNATION_FRAME)) {
            segments.addSpare(segments.create(segments.nextNumber()));
        }
        var mark = new LifeMark(incarnation, boot, trust, true);
        append(FrameType.INCARNATION, mark.toBytes());
        index.begins(mark);
    }

    private boolean fits(int bytes) {
        return segments.current().remaining() >= bytes || segments.hasSpare();
    }

    void append(FrameType type, byte[] payload) {
        if (segments.current().remaining() < Frame.sizeOf(payload.length)) {
            roll();
        }
        segments.current().append(type, payload);
    }

    private void roll() {
        var segment = segments.roll();
        segment.append(FrameType.NEEDED, bytes(needed == 0 ? segment.number() : needed));
        for (var live : index.marks()) {
            segment.append(FrameType.INCARNATION, live.toBytes());
        }
        segment.append(FrameType.ACKED, index.writeAcked().toBytes());
        segment.append(FrameType.TIMELINE, bytes(index.timeline()));
    }

    /** Everything in files before this one is settled and acknowledged, and on the disk. */
    void needed(long segment) {
        needed = segment;
    }

    /**
     * All that was written before is on the disk: says so of the lives whose holds are all there.
     *
     * @param own of the one that writes too: it admits nothing more
     * @return whether there was anything to say
     */
    boolean wholeLast(boolean own) {
        boolean said = false;
        for (var mark : index.wholeLast(own)) {
            boolean closed = !index.isLive(mark.incarnation());
            if (room() >= (closed ? 2L : 1L) * INCARNATION_FRAME) {
                append(FrameType.INCARNATION, mark.toBytes());
                if (closed) {
                    append(FrameType.CLOSED, mark.incarnation().bytes().toByteArray());
                }
                said = true;
            }
        }
        return said;
    }

    void persistAcked() {
        if (room() >= ACKED_FRAME) {
            append(FrameType.ACKED, index.writeAcked().toBytes());
        }
    }

    void persistTimeline() {
        if (room() >= NUMBER_FRAME) {
            append(FrameType.TIMELINE, bytes(index.timeline()));
        }
    }

    private static byte[] bytes(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    /** Bytes that may still be promised. */
    long room() {
        return segments.room(head());
    }

    /** Bytes with which every new segment begins. */
    int head() {
        return index.liveCount() * INCARNATION_FRAME + ACKED_FRAME + 2 * NUMBER_FRAME;
    }

    /** The largest frame that may settle a hold. */
    static int settlementOf(WrittenHold hold) {
        return Frame.sizeOf(hold.bytes().length + SETTLEMENT_EXTRA);
    }

    /** The same, of a hold that was read; never more. */
    static int settlementOf(Hold hold) {
        return Frame.sizeOf(hold.getSerializedSize() + SETTLEMENT_EXTRA);
    }
}
