package io.apihub.billing.kube;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.node.ObjectNode;

/** What the endpoints of {@code /k8s} have in common. */
final class Answers {

    static final String JSON = "application/json";
    static final String MERGE_PATCH = "application/merge-patch+json";

    static final String EVENTS = "text/event-stream";
    static final String STREAM =
            "With the parameter watch=true server-sent events: RESET (forget what you know),"
                    + " ADDED for each object, BOOKMARK; then ADDED, MODIFIED and DELETED with the"
                    + " object. An event's id is a version: as Last-Event-ID it resumes the"
                    + " stream.";

    private static final int LONGEST_PAGE = 500;
    private static final Pattern NEXT = Pattern.compile("[A-Za-z0-9_=-]{1,4096}");

    private Answers() {}

    /** An object with its version as the entity tag. */
    static ResponseEntity<Object> object(int status, ObjectNode object) {
        return ResponseEntity.status(status)
                .eTag("\"" + Shown.version(object) + "\"")
                .header("Cache-Control", "no-store")
                .body(object);
    }

    static ResponseEntity<Object> list(ObjectNode list) {
        return ResponseEntity.ok().header("Cache-Control", "no-store").body(list);
    }

    static int limit(int limit) {
        if (limit < 1 || limit > LONGEST_PAGE) {
            throw new Refused(Problem.invalid("limit", "Must be 1 to " + LONGEST_PAGE + "."));
        }
        return limit;
    }

    static @Nullable String next(@Nullable String next) {
        if (next != null && !NEXT.matcher(next).matches()) {
            throw new Refused(
                    Problem.invalid("continue", "Must be metadata.continue of the page before."));
        }
        return next;
    }

    static void watch(boolean watch) {
        if (!watch) {
            throw new Refused(Problem.invalid("watch", "Must be true, or missing."));
        }
    }
}
