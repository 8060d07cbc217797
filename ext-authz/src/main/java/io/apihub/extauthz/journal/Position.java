package io.apihub.extauthz.journal;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.Comparator;

/**
 * A place between two frames.
 *
 * @param segment number of the segment
 * @param offset bytes from its beginning
 */
public record Position(long segment, int offset) implements Comparable<Position> {

    private static final Comparator<Position> ORDER =
            Comparator.comparingLong(Position::segment).thenComparingInt(Position::offset);

    static final Position FIRST = new Position(0, 0);

    @Override
    public int compareTo(Position other) {
        return ORDER.compare(this, other);
    }

    byte[] toBytes() {
        return ByteBuffer.allocate(12).putLong(segment).putInt(offset).array();
    }

    static Position of(ByteString bytes) {
        var buffer = bytes.asReadOnlyByteBuffer();
        return new Position(buffer.getLong(), buffer.getInt());
    }
}
