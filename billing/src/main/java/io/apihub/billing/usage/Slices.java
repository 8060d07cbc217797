package io.apihub.billing.usage;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * The moments of a span that are looked at where all of it would be too much: the span is cut into
 * equal periods, and of each one slice counts, at a place of its own so that what happens at each
 * full minute is neither always nor never among them. Slices of equal width give each request the
 * same chance, and each is one look at the index of tenant, day and hold.
 *
 * @param millionths of the span that the slices cover, above 0; a million is all of it
 */
record Slices(List<LocalDate> days, List<UUID> firsts, List<UUID> ends, long millionths) {

    static final long WHOLE = 1_000_000;

    /** So many looks at the index take a tenth of a second, and a month's days have 129 each. */
    private static final int PERIODS = 4_000;

    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    Slices {
        days = List.copyOf(days);
        firsts = List.copyOf(firsts);
        ends = List.copyOf(ends);
    }

    /**
     * The same ones for the same span and number.
     *
     * @param requests of the span, about
     * @param most of them to look at, about
     */
    static Slices of(Instant from, Instant to, long requests, int most) {
        long start = from.toEpochMilli();
        long end = to.toEpochMilli();
        if (requests <= most) {
            return cut(List.of(new Slice(start, end)), WHOLE);
        }
        long period = Math.max(1, Math.ceilDiv(end - start, PERIODS));
        long width = Math.max(1, period * most / requests);
        var random = new SplittableRandom(start);
        var slices = new ArrayList<Slice>();
        for (long at = start; at < end; at += period) {
            long first = at + random.nextLong(period - width + 1);
            slices.add(new Slice(first, Math.min(first + width, end)));
        }
        return cut(slices, Math.max(1, width * WHOLE / period));
    }

    private record Slice(long first, long end) {}

    /** With a cut at each midnight of UTC, since each day is a partition; the newest first. */
    private static Slices cut(List<Slice> slices, long millionths) {
        var days = new ArrayList<LocalDate>();
        var firsts = new ArrayList<UUID>();
        var ends = new ArrayList<UUID>();
        for (var slice : slices.reversed()) {
            for (long end = slice.end(); end > slice.first(); ) {
                long midnight = Math.floorDiv(end - 1, DAY_MILLIS) * DAY_MILLIS;
                long first = Math.max(midnight, slice.first());
                days.add(LocalDate.ofEpochDay(midnight / DAY_MILLIS));
                firsts.add(hold(first));
                ends.add(hold(end));
                end = first;
            }
        }
        return new Slices(days, firsts, ends, millionths);
    }

    /** The least id that a hold of this millisecond or a later one may have. */
    private static UUID hold(long millis) {
        return new UUID(millis << 16, 0);
    }

    /** For {@code unnest(?::date[], ?::uuid[], ?::uuid[])}. */
    List<Object> parameters() {
        return List.of(
                days.stream().map(LocalDate::toString).toArray(String[]::new),
                firsts.toArray(UUID[]::new),
                ends.toArray(UUID[]::new));
    }
}
