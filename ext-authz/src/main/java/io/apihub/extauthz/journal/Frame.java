package io.apihub.extauthz.journal;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a segment: magic (4 bytes), length of the payload (4), type (1), CRC-32C (4),
 * payload. The checksum covers length, type, payload and the offset, so a frame is good in its own
 * place only.
 *
 * @param next offset of what follows
 */
record Frame(FrameType type, ByteString payload, int next) {

    static final int HEADER = 13;

    /** Not valid UTF-8, so no text in a payload can look like the beginning of a frame. */
    private static final int MAGIC = 0xfa_41_48_f5;

    static int sizeOf(int payload) {
        return HEADER + payload;
    }

    /** Writes a frame; the caller has made sure that it fits. Returns the offset behind it. */
    static int write(ByteBuffer bytes, int offset, FrameType type, byte[] payload) {
        bytes.put(offset + HEADER, payload);
        bytes.putInt(offset + 4, payload.length);
        bytes.put(offset + 8, type.code());
        bytes.putInt(offset + 9, checksum(offset, type.code(), payload));
        bytes.putInt(offset, MAGIC);
        return offset + HEADER + payload.length;
    }

    /** The frame at this offset, or null if there is no whole and undamaged one. */
    static @Nullable Frame read(ByteBuffer bytes, int offset) {
        if (bytes.limit() - offset < HEADER || bytes.getInt(offset) != MAGIC) {
            return null;
        }
        int length = bytes.getInt(offset + 4);
        var type = FrameType.of(bytes.get(offset + 8));
        if (type == null || length < 0 || length > bytes.limit() - offset - HEADER) {
            return null;
        }
        var payload = new byte[length];
        bytes.get(offset + HEADER, payload);
        return bytes.getInt(offset + 9) == checksum(offset, type.code(), payload)
                ? new Frame(
                        type, UnsafeByteOperations.unsafeWrap(payload), offset + HEADER + length)
                : null;
    }

    /** The first offset from here on at which a frame might begin; the limit if there is none. */
    static int seek(ByteBuffer bytes, int from) {
        int offset = from;
        while (bytes.limit() - offset >= HEADER) {
            if (bytes.getLong(offset) == 0) {
                offset += Long.BYTES;
            } else if (bytes.getInt(offset) == MAGIC) {
                return offset;
            } else {
                offset++;
            }
        }
        return bytes.limit();
    }

    private static int checksum(int offset, byte type, byte[] payload) {
        var crc = new CRC32C();
        var head = ByteBuffer.allocate(9).putInt(offset).putInt(payload.length).put(type);
        crc.update(head.array(), 0, 9);
        crc.update(payload, 0, payload.length);
        return (int) crc.getValue();
    }
}
