package io.apihub.billing.access;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What let a caller in. What lasts longer than one request ends with it.
 *
 * @param session of a browser; null for tokens
 * @param credential public id of what a token came from; null for sessions and the token file
 * @param until when it is over whatever happens; null: nobody knows, ask the database
 */
public record Pass(@Nullable UUID session, @Nullable String credential, @Nullable Instant until) {

    /** Nothing that could end: what billing does by itself. */
    static final Pass NONE = new Pass(null, null, null);

    public static Pass session(UUID session) {
        return new Pass(session, null, null);
    }

    public static Pass credential(String publicId) {
        return new Pass(null, publicId, null);
    }

    /** The same, but only up to a time. */
    Pass until(Instant end) {
        return new Pass(session, credential, end);
    }

    boolean isOver(Instant now) {
        return until != null && !now.isBefore(until);
    }
}
