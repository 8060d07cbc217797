package io.apihub.extauthz.journal;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;

/**
 * How far billing has everything. The timeline is in the same frame, as a power cut may take one
 * frame and leave the next.
 *
 * @param timeline of the database that said so; 0 = not known
 */
record Acknowledged(Position to, long timeline) {

    static final int BYTES = 12 + Long.BYTES;

    byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
                .putLong(to.segment())
                .putInt(to.offset())
                .putLong(timeline)
                .array();
    }

    /** Earlier versions wrote no timeline. */
    static Acknowledged of(ByteString bytes) {
        var buffer = bytes.asReadOnlyByteBuffer();
        var to = new Position(buffer.getLong(), buffer.getInt());
        return new Acknowledged(to, buffer.hasRemaining() ? buffer.getLong() : 0);
    }
}
