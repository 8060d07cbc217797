package io.apihub.extauthz.check;

import io.apihub.extauthz.error.Denial;
import io.apihub.extauthz.journal.WrittenHold;
import io.apihub.extauthz.request.Edit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to a check. There is no default: whatever goes wrong is a {@link Denied}. */
sealed interface Decision {

    /**
     * The request may go.
     *
     * @param hold what was set aside for it, and all that its settlement needs
     * @param pool Envoy's cluster
     * @param edits of the body, ascending
     * @param target the path to send upstream; null = as it came
     * @param rates how the tightest limits of a minute stand
     * @param clampedTo the request's maximum of output tokens was lowered to this; 0 = it was not
     */
    record Allowed(
            WrittenHold hold,
            String pool,
            List<Edit> edits,
            @Nullable String target,
            Rates rates,
            long clampedTo)
            implements Decision {}

    record Denied(Denial denial, Rates rates) implements Decision {

        static Denied of(Denial denial) {
            return new Denied(denial, Rates.NONE);
        }
    }

    /** Answered here, without an upstream: 200 with this JSON. */
    record Answered(String body) implements Decision {}

    /** Nothing to object to, and nothing to change: a precheck, or a question for readiness. */
    record Passed() implements Decision {}
}
