package io.apihub.billing.identity;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Counts tries in the database, so that several billings count together. A try is counted before it
 * is made: many at once get no more than the bound. Whether an account exists makes no difference.
 */
@Component
public class Throttle {

    /**
     * Starts a window or counts in the running one. The clock is the database's; a window from the
     * future was begun by a clock that went back since, and is begun anew.
     */
    private static final String COUNT =
            "INSERT INTO billing.throttle AS t (subject_sha256, tries, window_start, window_end)"
                    + " VALUES (sha256(convert_to(?, 'UTF8')), 1, now(), now() + make_interval(secs =>"
                    + " ?)) ON CONFLICT (subject_sha256) DO UPDATE SET tries = CASE WHEN now() >="
                    + " t.window_end OR now() < t.window_start   THEN 1 ELSE least(t.tries + 1,"
                    + " 1000000) END, window_start = CASE WHEN now() >= t.window_end OR now() <"
                    + " t.window_start   THEN now() ELSE t.window_start END, window_end = CASE WHEN"
                    + " now() >= t.window_end OR now() < t.window_start   THEN excluded.window_end ELSE"
                    + " t.window_end END RETURNING tries, ceil(extract(epoch FROM window_end -"
                    + " now()))::bigint";

    private final JdbcTemplate jdbc;

    Throttle(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * How often something may be tried.
     *
     * @param subject what is counted: {@code log-in/account/<e-mail>}
     * @param most in one window
     */
    public record Bound(String subject, int most, Duration window) {}

    private record Count(int tries, long secondsLeft) {}

    /**
     * Counts a try against all bounds.
     *
     * @throws Refused 429 with Retry-After if one of them is used up
     */
    @Transactional(propagation = Propagation.REQUIRES_NEW, noRollbackFor = Refused.class)
    public void count(Bound... bounds) {
        // In one order, so that two requests never wait for each other.
        var longest =
                Stream.of(bounds)
                        .sorted((a, b) -> a.subject().compareTo(b.subject()))
                        .map(this::over)
                        .flatMap(Optional::stream)
                        .toList()
                        .stream()
                        .max(Duration::compareTo);
        if (longest.isPresent()) {
            throw new Refused(
                    Problem.throttled("Too many tries; wait as long as Retry-After says."),
                    longest.get());
        }
    }

    private Optional<Duration> over(Bound bound) {
        var count =
                jdbc.query(
                                COUNT,
                                (row, number) -> new Count(row.getInt(1), row.getLong(2)),
                                bound.subject(),
                                bound.window().toSeconds())
                        .getFirst();
        return count.tries() > bound.most()
                ? Optional.of(Duration.ofSeconds(count.secondsLeft()))
                : Optional.empty();
    }

    /** Forgets the tries of somebody who has proven to be who they say. */
    public void forget(String subject) {
        jdbc.update(
                "DELETE FROM billing.throttle"
                        + " WHERE subject_sha256 = sha256(convert_to(?, 'UTF8'))",
                subject);
    }

    @Scheduled(fixedDelay = 3_600_000, initialDelay = 300_000)
    void forgetOld() {
        jdbc.update("DELETE FROM billing.throttle WHERE window_end < now()");
    }
}
