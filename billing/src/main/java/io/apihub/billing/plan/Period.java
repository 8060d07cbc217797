package io.apihub.billing.plan;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** How long a plan's period is, by the calendar of UTC. */
public enum Period {
    MONTH(ChronoUnit.MONTHS),
    YEAR(ChronoUnit.YEARS);

    private final ChronoUnit unit;

    Period(ChronoUnit unit) {
        this.unit = unit;
    }

    /**
     * The instant so many periods after another; if its month lacks the day, on the month's last.
     *
     * @param count zero or more
     */
    public Instant after(Instant anchor, int count) {
        return anchor.atOffset(ZoneOffset.UTC).plus(count, unit).toInstant();
    }
}
