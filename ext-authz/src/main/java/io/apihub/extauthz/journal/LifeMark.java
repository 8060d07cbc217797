package io.apihub.extauthz.journal;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * What an INCARNATION frame says.
 *
 * @param boot the life of the machine in which it ran
 * @param begins its first frame; later ones only repeat it
 */
record LifeMark(Incarnation incarnation, BootId boot, Trust trust, boolean begins) {

    private static final int ID = 16;
    private static final int BEGINS = 0x40;

    static final int BYTES = 2 * ID + 1;

    /**
     * Reads the payload of a frame.
     *
     * @throws IllegalArgumentException if it is too short
     */
    static LifeMark of(ByteString payload) {
        int size = payload.size();
        var incarnation = Incarnation.of(payload.substring(0, Math.min(ID, size)));
        if (size < BYTES) {
            return new LifeMark(incarnation, BootId.UNKNOWN, Trust.NONE, false);
        }
        var rest = payload.substring(ID).asReadOnlyByteBuffer();
        var boot = new BootId(new UUID(rest.getLong(), rest.getLong()));
        int flags = rest.get();
        return new LifeMark(incarnation, boot, Trust.of(flags & ~BEGINS), (flags & BEGINS) != 0);
    }

    byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
                .put(incarnation.bytes().asReadOnlyByteBuffer())
                .putLong(boot.id().getMostSignificantBits())
                .putLong(boot.id().getLeastSignificantBits())
                .put((byte) (trust.code() | (begins ? BEGINS : 0)))
                .array();
    }
}
