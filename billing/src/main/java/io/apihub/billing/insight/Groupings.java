package io.apihub.billing.insight;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.Parameters;
import io.apihub.billing.usage.UsageAggregates.Bucket;
import io.apihub.billing.usage.UsageAggregates.Dimension;
import io.apihub.billing.usage.UsageFilter;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** Reads how sums are to be grouped. */
final class Groupings {

    static final String BUCKETS = "minute, hour, day, week or month";
    private static final Duration LONGEST_OF_MINUTES = Duration.ofDays(7);

    private Groupings() {}

    /** A bucket that fits the span; minutes are for a week at most. */
    static Bucket bucket(String text, UsageFilter filter) {
        var bucket = bucket(text);
        var span =
                Duration.between(
                        Objects.requireNonNull(filter.from()), Objects.requireNonNull(filter.to()));
        if (bucket == Bucket.MINUTE && span.compareTo(LONGEST_OF_MINUTES) > 0) {
            throw new Refused(
                    Problem.invalid("bucket", "Minutes are for seven days at most; take hours."));
        }
        return bucket;
    }

    static Bucket bucket(String text) {
        return Arrays.stream(Bucket.values())
                .filter(bucket -> bucket.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(
                        () -> new Refused(Problem.invalid("bucket", "Must be " + BUCKETS + ".")));
    }

    static Set<Dimension> dimensions(String text, Set<Dimension> allowed) {
        var dimensions = EnumSet.noneOf(Dimension.class);
        for (var name : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            dimensions.add(dimension("groupBy", name, allowed));
        }
        return dimensions;
    }

    static Dimension dimension(String parameter, String name, Set<Dimension> allowed) {
        return allowed.stream()
                .filter(known -> name(known).equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new Refused(
                                Problem.invalid(
                                        parameter,
                                        "Must be of "
                                                + String.join(
                                                        ", ",
                                                        allowed.stream()
                                                                .map(Groupings::name)
                                                                .sorted()
                                                                .toList())
                                                + ", separated by commas where several may be.")));
    }

    private static String name(Dimension dimension) {
        return dimension.name().toLowerCase(Locale.ROOT);
    }

    static ZoneId zone(String text) {
        return Parameters.zone("timeZone", text);
    }
}
