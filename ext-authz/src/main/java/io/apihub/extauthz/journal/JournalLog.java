package io.apihub.extauthz.journal;

import com.google.protobuf.InvalidProtocolBufferException;
import io.apihub.usage.v1.Hold;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One sequence of frames over many files, and what they mean. Guarded by the journal's lock. */
final class JournalLog {

    private static final Logger LOG = LoggerFactory.getLogger(JournalLog.class);

    static final int INCARNATION_FRAME = Frame.sizeOf(16);
    private static final int ACKED_FRAME = Frame.sizeOf(12);

    /** A settlement adds at most this many bytes to its hold; texts in it are cut to that. */
    private static final int SETTLEMENT_EXTRA = 2304;

    private final JournalSettings settings;
    private final Segments segments;
    private final JournalIndex index = new JournalIndex();

    JournalLog(JournalSettings settings) {
        this.settings = settings;
        this.segments = new Segments(settings);
    }

    Segments segments() {
        return segments;
    }

    JournalIndex index() {
        return index;
    }

    /** Reads what earlier processes wrote. */
    void replay() throws IOException {
        try (var files = Files.list(settings.directory())) {
            for (var file : files.filter(Segment::isSegment).sorted().toList()) {
                segments.addOld(Segment.reopen(file));
            }
        }
        for (var segment : segments.all()) {
            int damaged = segment.scan(this::replay);
            if (damaged > 0) {
                LOG.warn("journal: skipped {} damaged bytes before {}", damaged, segment.end());
            }
        }
        index.openHolds().forEach(hold -> segments.reserve(hold.reserved()));
    }

    private void replay(Frame frame, Position end) {
        try {
            index.replay(frame, end, segments::get);
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException("journal: no message in a good frame at " + end, e);
        }
    }

    /** Begins a segment of this process; earlier ones are only read from now on. */
    void begin(Incarnation incarnation) throws IOException {
        index.live(incarnation);
        do {
            segments.addSpare(segments.create(segments.nextNumber()));
        } while (room() < 0);
        roll();
    }

    void append(FrameType type, byte[] payload) {
        if (segments.current().remaining() < Frame.sizeOf(payload.length)) {
            roll();
        }
        segments.current().append(type, payload);
    }

    private void roll() {
        var segment = segments.roll();
        for (var live : index.incarnations()) {
            segment.append(FrameType.INCARNATION, live.bytes().toByteArray());
        }
        segment.append(FrameType.ACKED, index.acked().toBytes());
        index.ackedWritten();
    }

    void persistAcked() {
        if (room() >= ACKED_FRAME) {
            append(FrameType.ACKED, index.acked().toBytes());
            index.ackedWritten();
        }
    }

    /** Bytes that may still be promised. */
    long room() {
        return segments.room(head());
    }

    /** Bytes with which every new segment begins. */
    int head() {
        return index.liveCount() * INCARNATION_FRAME + ACKED_FRAME;
    }

    /** The largest frame that may settle a hold. */
    static int settlementOf(Hold hold) {
        return Frame.sizeOf(hold.getSerializedSize() + SETTLEMENT_EXTRA);
    }
}
