package io.apihub.billing.plan;

import io.apihub.model.money.Credits;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;

/**
 * The part of a period that is left, and what that part of an amount is. Exact to the end, then
 * rounded once: what the tenant pays up to the next millionth, what it gets down. So nobody gains
 * by changing plans often, and a whole period costs exactly its price.
 *
 * @param leftMillis zero to wholeMillis
 * @param wholeMillis more than zero
 */
record Proration(long leftMillis, long wholeMillis) {

    Proration {
        if (wholeMillis <= 0 || leftMillis < 0 || leftMillis > wholeMillis) {
            throw new IllegalArgumentException(leftMillis + " of " + wholeMillis + " ms");
        }
    }

    /** What is left of a period; before it began, all of it, and after it ended, nothing. */
    static Proration of(Instant start, Instant end, Instant now) {
        long whole = Math.subtractExact(end.toEpochMilli(), start.toEpochMilli());
        long left = Math.subtractExact(end.toEpochMilli(), now.toEpochMilli());
        return new Proration(Math.clamp(left, 0, whole), whole);
    }

    /**
     * What to pay for the rest of the period.
     *
     * @param whole for a whole period, zero or more
     */
    Credits charge(Credits whole) {
        return part(whole, RoundingMode.CEILING);
    }

    /**
     * What to give for the rest of the period; never less than nothing.
     *
     * @param whole for a whole period
     */
    Credits credit(Credits whole) {
        return part(Credits.max(whole, Credits.ZERO), RoundingMode.FLOOR);
    }

    private Credits part(Credits whole, RoundingMode rounding) {
        return new Credits(
                BigDecimal.valueOf(whole.micros())
                        .multiply(BigDecimal.valueOf(leftMillis))
                        .divide(BigDecimal.valueOf(wholeMillis), 0, rounding)
                        .longValueExact());
    }
}
