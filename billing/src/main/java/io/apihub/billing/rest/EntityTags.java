package io.apihub.billing.rest;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Entity tags: two answers with the same tag are the same. What a client read it may send back as
 * {@code If-None-Match}, to be told only if it changed, or as {@code If-Match}, to change nothing
 * that it has not seen.
 */
@Component
public class EntityTags {

    /** What the header is good for. */
    public static final String IF_MATCH = "ETag that it must have; else 412 and nothing changes";

    private static final int BYTES = 16;
    private static final String WEAK = "W/";

    private final JsonMapper json;

    EntityTags(JsonMapper json) {
        this.json = json;
    }

    /** Answers with an entity and its tag; 304 if the client has it. */
    public <T> ResponseEntity<T> answer(T entity) {
        return ResponseEntity.ok().eTag(of(entity)).body(entity);
    }

    /** The tag of an entity, quotes included. */
    public String of(Object entity) {
        try {
            var digest =
                    MessageDigest.getInstance("SHA-256").digest(json.writeValueAsBytes(entity));
            return '"'
                    + Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(Arrays.copyOf(digest, BYTES))
                    + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /**
     * Checks that a client means the entity as it is. To be called in the transaction of the
     * change, when nobody else can change it any more.
     *
     * @param ifMatch the header; null: whatever is there is meant
     * @throws Refused 412 if the entity has another tag
     */
    public void check(@Nullable String ifMatch, Object entity) {
        if (ifMatch != null) {
            checkTag(ifMatch, of(entity));
        }
    }

    /** The same for what has a tag of its own. */
    public static void checkTag(@Nullable String ifMatch, String tag) {
        if (ifMatch == null || ifMatch.strip().equals("*")) {
            return;
        }
        if (Arrays.stream(ifMatch.split(",", -1)).map(EntityTags::strong).noneMatch(tag::equals)) {
            throw new Refused(
                    Problem.changed(
                            "It was changed meanwhile: read it again, and repeat with its ETag, "
                                    + "which is now "
                                    + tag
                                    + "."));
        }
    }

    /** A proxy that compresses makes a tag weak; of the same entity it is the same all the same. */
    private static String strong(String tag) {
        var text = tag.strip();
        return text.startsWith(WEAK) ? text.substring(WEAK.length()) : text;
    }
}
