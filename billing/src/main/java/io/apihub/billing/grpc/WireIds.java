package io.apihub.billing.grpc;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Ids of 16 bytes, as the wire has them. */
public final class WireIds {

    private static final int BYTES = 16;

    private WireIds() {}

    /**
     * Reads 16 bytes, most significant first.
     *
     * @throws IllegalArgumentException if there are not 16
     */
    public static UUID uuid(String field, ByteString bytes) {
        if (bytes.size() != BYTES) {
            throw new IllegalArgumentException(field + " must have 16 bytes, not " + bytes.size());
        }
        var buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    public static ByteString bytes(UUID id) {
        return ByteString.copyFrom(
                ByteBuffer.allocate(BYTES)
                        .putLong(id.getMostSignificantBits())
                        .putLong(id.getLeastSignificantBits())
                        .flip());
    }
}
