package io.apihub.extauthz.request;

import org.jspecify.annotations.Nullable;

/** A body that is no request, or one that two readers could understand differently. */
final class MalformedRequest extends Exception {

    private final String words;
    private final @Nullable String param;

    /**
     * @param words for the client: what is wrong and what to send instead
     * @param param the field at fault, if it is one
     */
    MalformedRequest(String words, @Nullable String param) {
        super(words, null, false, false);
        this.words = words;
        this.param = param;
    }

    Inspection.Malformed toInspection() {
        return new Inspection.Malformed(words, param);
    }
}
