package io.apihub.operator.registry;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Uids as the 16 bytes that messages carry. */
public final class Uuids {

    private Uuids() {}

    public static ByteString toBytes(UUID uuid) {
        var buffer = ByteBuffer.allocate(16);
        buffer.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
        return ByteString.copyFrom(buffer.flip());
    }

    /**
     * The uid in 16 bytes.
     *
     * @throws IllegalArgumentException if there are not 16
     */
    public static UUID fromBytes(ByteString bytes) {
        if (bytes.size() != 16) {
            throw new IllegalArgumentException("a uid has 16 bytes, not " + bytes.size());
        }
        var buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }
}
