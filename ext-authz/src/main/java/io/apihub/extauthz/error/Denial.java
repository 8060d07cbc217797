package io.apihub.extauthz.error;

import org.jspecify.annotations.Nullable;

/**
 * A refusal, before it has a protocol.
 *
 * @param words for the client: what is wrong, and what to do about it; never a secret
 * @param param the request's field at fault, if it is one
 * @param limit the limit that refused, as {@code <quota>/<limit>}
 * @param retryAfterMillis when to try again; 0 = nobody can say
 */
public record Denial(
        Reason reason,
        String words,
        @Nullable String param,
        @Nullable String limit,
        long retryAfterMillis) {

    public static Denial of(Reason reason, String words) {
        return new Denial(reason, words, null, null, 0);
    }

    public static Denial ofParam(Reason reason, String words, @Nullable String param) {
        return new Denial(reason, words, param, null, 0);
    }

    public static Denial ofLimit(Reason reason, String words, String limit, long retryAfterMillis) {
        return new Denial(reason, words, null, limit, retryAfterMillis);
    }
}
