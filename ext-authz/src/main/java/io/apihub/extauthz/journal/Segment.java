package io.apihub.extauthz.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The frames of one file. One writer; readers may run beside it. */
final class Segment implements AutoCloseable {

    private static final int PAGE = 4096;

    private final long number;
    private final JournalFile file;
    private final ByteBuffer bytes;
    private volatile int end;
    private int forced;
    private boolean doubtful;
    private int openHolds;
    private long freeSince = Long.MIN_VALUE;

    private Segment(long number, JournalFile file, int end) {
        this.number = number;
        this.file = file;
        this.bytes = file.bytes();
        this.end = end;
        this.forced = end;
    }

    /** A file of zeros. */
    static Segment empty(long number, JournalFile file) {
        return new Segment(number, file, 0);
    }

    /** A file of an earlier process. What is in it is not known before {@link #scan}. */
    static Segment written(long number, JournalFile file) {
        return new Segment(number, file, file.bytes().limit());
    }

    /**
     * Reads all whole frames of an earlier process and reads past what is damaged. What is appended
     * later comes behind everything that is not zero, good or not.
     *
     * @return bytes before the last good frame that are in none, and bytes behind it that are not
     *     zero
     */
    int scan(BiConsumer<Frame, Position> each) {
        int damaged = 0;
        int offset = 0;
        int good = 0;
        while (offset < bytes.limit()) {
            var frame = Frame.read(bytes, offset);
            if (frame == null) {
                offset = Frame.seek(bytes, offset + 1);
                continue;
            }
            damaged += offset - good;
            good = frame.next();
            offset = good;
            each.accept(frame, new Position(number, good));
        }
        int used = lastUsed(good);
        end = used;
        forced = 0;
        return damaged + used - good;
    }

    private int lastUsed(int from) {
        int last = bytes.limit();
        while (last - Long.BYTES >= from && bytes.getLong(last - Long.BYTES) == 0) {
            last -= Long.BYTES;
        }
        while (last > from && bytes.get(last - 1) == 0) {
            last--;
        }
        return last;
    }

    /** Whether nothing was ever written into it. */
    boolean isEmpty() {
        return lastUsed(0) == 0;
    }

    int size() {
        return bytes.limit();
    }

    /** Bytes behind the last frame. */
    int remaining() {
        return bytes.limit() - end;
    }

    void append(FrameType type, byte[] payload) {
        end = Frame.write(bytes, end, type, payload);
    }

    /** The first whole frame at or behind this offset; null at the end. */
    @Nullable Frame frameAt(int offset) {
        int at = offset;
        while (at < end) {
            var frame = Frame.read(bytes, at);
            if (frame != null) {
                return frame;
            }
            at = Frame.seek(bytes, at + 1);
        }
        return null;
    }

    /**
     * Brings to the disk what was appended since the last time.
     *
     * @throws IOException if the disk refuses; the next call tries all of it again
     */
    void force() throws IOException {
        int to = end;
        if (to == forced) {
            return;
        }
        if (doubtful) {
            // The system counts pages that the disk refused as written; only new ones are tried.
            for (int page = forced; page < to; page += PAGE) {
                bytes.put(page, bytes.get(page));
            }
        }
        doubtful = true;
        file.force(forced, to);
        doubtful = false;
        forced = to;
    }

    long number() {
        return number;
    }

    Position end() {
        return new Position(number, end);
    }

    int openHolds() {
        return openHolds;
    }

    void countHold(int change) {
        openHolds += change;
    }

    /** Takes note that nothing in it is needed any more, and says for how long that is so. */
    long freeFor(long now) {
        if (freeSince == Long.MIN_VALUE) {
            freeSince = now;
        }
        return now - freeSince;
    }

    /** What is in it is needed again. */
    void needed() {
        freeSince = Long.MIN_VALUE;
    }

    @Override
    public void close() {
        file.close();
    }
}
