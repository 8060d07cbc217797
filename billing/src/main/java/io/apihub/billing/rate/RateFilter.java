package io.apihub.billing.rate;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets in as many requests of each subject as a rate allows, and tells how many are left. */
final class RateFilter extends OncePerRequestFilter {

    private final String policy;
    private final Buckets buckets;
    private final Function<HttpServletRequest, Optional<String>> subject;
    private final Runnable refused;
    private final ProblemWriter problems;
    private final String terms;

    /** What is counted, and where. */
    record Rule(
            String policy,
            long burst,
            Duration window,
            Function<HttpServletRequest, Optional<String>> subject) {}

    RateFilter(Rule rule, Buckets buckets, Runnable refused, ProblemWriter problems) {
        this.policy = rule.policy();
        this.subject = rule.subject();
        this.buckets = buckets;
        this.refused = refused;
        this.problems = problems;
        this.terms =
                "\"%s\";q=%d;w=%d".formatted(rule.policy(), rule.burst(), seconds(rule.window()));
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var counted = subject.apply(request);
        if (counted.isEmpty()) {
            chain.doFilter(request, response);
            return;
        }
        var taken = buckets.take(counted.get());
        response.addHeader("RateLimit-Policy", terms);
        response.addHeader(
                "RateLimit",
                "\"%s\";r=%d;t=%d".formatted(policy, taken.left(), seconds(taken.full())));
        if (taken.allowed()) {
            chain.doFilter(request, response);
        } else {
            refused.run();
            response.setHeader("Retry-After", String.valueOf(seconds(taken.retryAfter())));
            problems.write(
                    response,
                    Problem.throttled(
                            "Too many requests of this "
                                    + policy
                                    + "; wait as long as Retry-After says."));
        }
    }

    /** Rounded up, 1 at least: whoever waits so long is let in. */
    private static long seconds(Duration duration) {
        return Math.max(1, duration.plusNanos(999_999_999).toSeconds());
    }
}
