package io.apihub.extauthz.journal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;

/**
 * A hold as it was written down, once: the same bytes go to the journal and to Envoy, and they are
 * all that is kept while a request is in flight.
 *
 * @param id the message's own
 * @param incarnation the message's own
 * @param bytes a {@link Hold}; nobody changes them
 */
@SuppressWarnings("ArrayRecordComponent") // A copy for each request is what this type avoids.
public record WrittenHold(HoldId id, ByteString incarnation, byte[] bytes) {

    /** Writes a message down. */
    public static WrittenHold of(Hold message) {
        return new WrittenHold(idOf(message), message.getIncarnation(), message.toByteArray());
    }

    static HoldId idOf(Hold message) {
        return HoldId.ofBytes(message.getHoldId().toByteArray());
    }

    /** Reads it again. */
    public Hold message() {
        try {
            return Hold.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("hold " + id + " cannot be read again", e);
        }
    }

    @Override
    public String toString() {
        return "hold " + id;
    }
}
