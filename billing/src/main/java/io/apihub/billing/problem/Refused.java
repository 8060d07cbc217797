package io.apihub.billing.problem;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Ends a request with a problem. */
public final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    private final @Nullable Duration retryAfter;

    public Refused(Problem problem) {
        this(problem, null);
    }

    /** The same may be tried again, after a time. */
    public Refused(Problem problem, @Nullable Duration retryAfter) {
        super(problem.detail());
        this.problem = problem;
        this.retryAfter = retryAfter;
    }

    /** As the header Retry-After says it, rounded up to seconds; empty if it is of no use. */
    public Optional<Long> retryAfterSeconds() {
        return Optional.ofNullable(retryAfter)
                .map(time -> Math.max(1, time.plusMillis(999).toSeconds()));
    }

    public Problem problem() {
        return problem;
    }
}
