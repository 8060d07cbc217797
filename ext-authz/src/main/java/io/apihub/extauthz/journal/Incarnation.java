package io.apihub.extauthz.journal;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * One life of this process: 128 random bits, made at each start and written first into the journal.
 */
public record Incarnation(UUID id) {

    public static Incarnation random(RandomGenerator random) {
        return new Incarnation(new UUID(random.nextLong(), random.nextLong()));
    }

    /**
     * Reads 16 bytes, most significant first.
     *
     * @throws IllegalArgumentException if they are not 16
     */
    public static Incarnation of(ByteString bytes) {
        if (bytes.size() != 16) {
            throw new IllegalArgumentException("an incarnation has 16 bytes, not " + bytes.size());
        }
        var buffer = bytes.asReadOnlyByteBuffer();
        return new Incarnation(new UUID(buffer.getLong(), buffer.getLong()));
    }

    public ByteString bytes() {
        var buffer = ByteBuffer.allocate(16);
        buffer.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()).flip();
        return ByteString.copyFrom(buffer);
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
