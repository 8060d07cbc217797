package io.apihub.billing.access;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Who was refused, for the operator's log: no change, so not for the audit log, which nobody may
 * fill by being refused. For the same reason it has a bound; the metric counts all of them.
 */
@Component
public class SecurityLog {

    static final int MOST_IN_A_MINUTE = 600;

    private static final Logger LOG = LoggerFactory.getLogger(SecurityLog.class);
    private static final int LONGEST = 200;

    private final InstantSource clock;
    private final MeterRegistry metrics;
    private Instant minute = Instant.MIN;
    private int lines;

    SecurityLog(InstantSource clock, MeterRegistry metrics) {
        this.clock = clock;
        this.metrics = metrics;
    }

    /** What somebody was kept from. */
    public enum Kind {
        LOG_IN,
        TOKEN,
        ACCESS
    }

    /**
     * Adds a line.
     *
     * @param who as the audit log names them; {@code nobody} for who is none
     * @param from where they call from, or what they wanted
     * @param why a word or a few
     */
    public void refused(Kind kind, String who, String from, String why) {
        Counter.builder("apihub_refused")
                .description("Log-ins, tokens and accesses that were refused")
                .tag("kind", kind.name())
                .register(metrics)
                .increment();
        if (fits()) {
            LOG.warn("refused {} of {}: {}: {}", kind, plain(who), plain(from), plain(why));
        }
    }

    private synchronized boolean fits() {
        var now = clock.instant().truncatedTo(ChronoUnit.MINUTES);
        if (!now.equals(minute)) {
            minute = now;
            lines = 0;
        }
        lines = Math.min(lines + 1, MOST_IN_A_MINUTE + 1);
        if (lines == MOST_IN_A_MINUTE) {
            LOG.warn("more is refused than a log should have; see apihub_refused_total");
        }
        return lines < MOST_IN_A_MINUTE;
    }

    /** Nothing that was sent becomes a line of its own. */
    private static String plain(String text) {
        var printable = text.replaceAll("[^\\x20-\\x7e]", "?");
        return printable.substring(0, Math.min(printable.length(), LONGEST));
    }
}
