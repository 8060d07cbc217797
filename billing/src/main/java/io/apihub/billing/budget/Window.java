package io.apihub.billing.budget;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;

/** Kinds of calendar windows. The windows of a kind in one zone follow each other without a gap. */
public enum Window {
    /** Of a limit without a window: concurrency. */
    NONE,
    MINUTE,
    HOUR,
    DAY,
    /** From Monday. */
    WEEK,
    MONTH,
    TOTAL;

    private static final long MINUTE_MILLIS = Duration.ofMinutes(1).toMillis();
    private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();

    /** The window around an instant, in milliseconds since 1970. */
    public Span around(long millis, ZoneId zone) {
        return switch (this) {
            case NONE, TOTAL -> new Span(0, Span.NEVER);
            case MINUTE -> {
                long start = Math.floorDiv(millis, MINUTE_MILLIS) * MINUTE_MILLIS;
                yield new Span(start, start + MINUTE_MILLIS);
            }
            case HOUR -> hour(millis, zone);
            case DAY, WEEK, MONTH -> days(millis, zone);
        };
    }

    /** An hour of the zone's wall clock, cut where the offset changes: no hour is counted twice. */
    private static Span hour(long millis, ZoneId zone) {
        var rules = zone.getRules();
        var at = Instant.ofEpochMilli(millis);
        long offset = rules.getOffset(at).getTotalSeconds() * 1000L;
        long start = Math.floorDiv(millis + offset, HOUR_MILLIS) * HOUR_MILLIS - offset;
        long end = start + HOUR_MILLIS;
        // previousTransition is strictly before its argument, and one right now counts.
        var before = rules.previousTransition(at.plusMillis(1));
        if (before != null) {
            start = Math.max(start, before.toEpochSecond() * 1000);
        }
        var after = rules.nextTransition(at);
        if (after != null) {
            end = Math.min(end, after.toEpochSecond() * 1000);
        }
        return new Span(start, end);
    }

    /**
     * Whole days from midnight to midnight. Where a clock is set back over midnight, a date comes
     * twice: its window is the one that the instant lies in, not the one that its date names.
     */
    private Span days(long millis, ZoneId zone) {
        var first = firstDay(Instant.ofEpochMilli(millis).atZone(zone).toLocalDate());
        while (startOf(first, zone) > millis) {
            first = firstDay(first.minusDays(1));
        }
        while (startOf(next(first), zone) <= millis) {
            first = next(first);
        }
        return new Span(startOf(first, zone), startOf(next(first), zone));
    }

    private LocalDate firstDay(LocalDate date) {
        return switch (this) {
            case WEEK -> date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            case MONTH -> date.withDayOfMonth(1);
            case NONE, MINUTE, HOUR, DAY, TOTAL -> date;
        };
    }

    private LocalDate next(LocalDate first) {
        return switch (this) {
            case WEEK -> first.plusWeeks(1);
            case MONTH -> first.plusMonths(1);
            case NONE, MINUTE, HOUR, DAY, TOTAL -> first.plusDays(1);
        };
    }

    private static long startOf(LocalDate date, ZoneId zone) {
        return date.atStartOfDay(zone).toInstant().toEpochMilli();
    }
}
