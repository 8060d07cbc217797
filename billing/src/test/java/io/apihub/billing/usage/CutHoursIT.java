package io.apihub.billing.usage;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.usage.UsageAggregates.Bucket;
import io.apihub.billing.usage.UsageAggregates.Grouping;
import io.apihub.billing.usage.UsageAggregates.Sum;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Days that begin within an hour of UTC: of that hour minutes are summed, of all others hours. */
class CutHoursIT {

    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final UUID TENANT = UUID.randomUUID();
    private static final Instant FROM = Instant.parse("2026-10-02T18:00:00Z");
    private static final Instant TO = Instant.parse("2026-10-06T18:20:00Z");

    /** One request each seventh minute from before the span until after it. */
    private static final List<Instant> REQUESTS =
            LongStream.range(0, 1_000)
                    .mapToObj(i -> Instant.parse("2026-10-02T00:00:00Z").plusSeconds(420 * i))
                    .toList();

    @BeforeAll
    static void rolledUp() {
        roll("minute", ChronoUnit.MINUTES);
        roll("hour", ChronoUnit.HOURS);
    }

    private static void roll(String unit, ChronoUnit width) {
        REQUESTS.stream()
                .collect(groupingBy(at -> at.truncatedTo(width), counting()))
                .forEach((at, requests) ->
                        DATABASE.service()
                                .update(
                                        "INSERT INTO billing.usage_"
                                                + unit
                                                + " VALUES (?, ?, ?, 'm', ?, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
                                        at.atOffset(ZoneOffset.UTC),
                                        TENANT,
                                        TENANT,
                                        requests));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UTC",
                "Asia/Shanghai",
                "Asia/Kolkata",
                "Asia/Kathmandu",
                "Australia/Lord_Howe",
                "America/St_Johns"
            })
    void daysAreSummedFromWhatTheirRequestsSay(String zone) {
        var id = ZoneId.of(zone);
        var filter = new UsageFilter(TENANT, null, null, FROM, TO);

        var sums =
                new UsageAggregates(DATABASE.service())
                        .sums(filter, new Grouping(Bucket.DAY, Set.of(), id), 100);

        assertThat(sums.stream().collect(Collectors.toMap(Sum::bucket, Sum::requests)))
                .isEqualTo(days(id));
    }

    private static Map<Instant, Long> days(ZoneId zone) {
        return REQUESTS.stream()
                .filter(at -> !at.isBefore(FROM) && at.isBefore(TO))
                .collect(
                        groupingBy(
                                at -> at.atZone(zone).toLocalDate().atStartOfDay(zone).toInstant(),
                                counting()));
    }
}
