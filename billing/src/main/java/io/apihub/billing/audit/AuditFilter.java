package io.apihub.billing.audit;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.Parameters;
import io.swagger.v3.oas.annotations.Parameter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The parameters that narrow the log; all are optional. */
record AuditFilter(
        @Parameter(description = "Who did it, as the log names them") @Nullable String actor,
        @Parameter(
                        description =
                                "What was done, such as user.password-changed; or its first word,"
                                        + " such as user")
                @Nullable String action,
        @Parameter(description = "What was changed, such as tenant/acme") @Nullable String subject,
        @Parameter(description = "First instant, RFC 3339") @Nullable String from,
        @Parameter(description = "First instant that is too late, RFC 3339") @Nullable String to) {

    /**
     * Checks the times.
     *
     * @throws Refused if one is none, or they are in the wrong order
     */
    void check() {
        var first = first();
        var end = end();
        if (first != null && end != null && !first.isBefore(end)) {
            throw new Refused(Problem.invalid("to", "Must be later than 'from'."));
        }
    }

    @Nullable Instant first() {
        return Parameters.time("from", from);
    }

    @Nullable Instant end() {
        return Parameters.time("to", to);
    }
}
