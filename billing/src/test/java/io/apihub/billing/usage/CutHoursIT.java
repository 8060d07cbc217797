package io.apihub.billing.usage;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.usage.UsageAggregates.Bucket;
import io.apihub.billing.usage.UsageAggregates.Grouping;
import io.apihub.billing.usage.UsageAggregates.Sum;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Days and hours that begin within an hour of UTC: of that hour quarters are summed, or minutes
 * while the quarters are not there or not good any more, and of all others hours.
 */
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

    private static final QuarterSums QUARTERS = new QuarterSums(DATABASE.service());

    @BeforeAll
    static void rolledUp() {
        // What a first try left, where the class is tried once more.
        for (var table : List.of("minute", "hour", "quarter")) {
            DATABASE.admin().update("DELETE FROM billing.usage_" + table);
        }
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
    @CsvSource({
        "UTC, DAY",
        "Asia/Shanghai, DAY",
        "Asia/Kolkata, DAY",
        "Asia/Kolkata, HOUR",
        "Asia/Kathmandu, DAY",
        "Asia/Kathmandu, HOUR",
        "Asia/Kathmandu, WEEK",
        "Australia/Lord_Howe, DAY",
        "Australia/Lord_Howe, HOUR",
        "America/St_Johns, DAY",
        "America/St_Johns, MONTH"
    })
    void bucketsHaveWhatTheirRequestsSay(String zone, Bucket bucket) {
        var id = ZoneId.of(zone);
        DATABASE.admin().update("DELETE FROM billing.usage_quarter");
        assertThat(sums(id, bucket)).as("of minutes").isEqualTo(buckets(id, bucket));

        QUARTERS.make(FROM.minus(2, ChronoUnit.DAYS), TO);
        assertThat(sums(id, bucket)).as("of quarters").isEqualTo(buckets(id, bucket));

        DATABASE.admin()
                .update("DELETE FROM billing.usage_quarter WHERE hour < '2026-10-04T00:00:00Z'");
        assertThat(sums(id, bucket)).as("of both").isEqualTo(buckets(id, bucket));
    }

    private static Map<Instant, Long> sums(ZoneId zone, Bucket bucket) {
        var filter = new UsageFilter(TENANT, null, null, FROM, TO);
        return new UsageAggregates(DATABASE.service())
                .sums(filter, new Grouping(bucket, Set.of(), zone), 1_000).stream()
                        .collect(Collectors.toMap(Sum::bucket, Sum::requests));
    }

    /** What comes late counts at once, whether or not the quarters are made anew. */
    @Test
    void quartersAreReadForAsLongAsTheyAreGood() {
        var kolkata = ZoneId.of("Asia/Kolkata");
        var hour = Instant.parse("2026-10-04T18:00:00Z").atOffset(ZoneOffset.UTC);
        var day = Instant.parse("2026-10-04T18:30:00Z");
        QUARTERS.make(FROM.minus(2, ChronoUnit.DAYS), TO);
        long before = requests(kolkata, day);

        wrong(hour, 1_000_000);
        assertThat(requests(kolkata, day)).as("they are read").isEqualTo(before + 1_000_000);
        assertThat(QUARTERS.make(hour.toInstant(), TO)).as("and not made twice").isZero();

        // Of what is counted nothing changes, only that somebody wrote.
        late(hour.plusMinutes(45), 0);
        assertThat(requests(kolkata, day)).as("not any more").isEqualTo(before);
        assertThat(QUARTERS.make(hour.toInstant(), TO)).isPositive();
        assertThat(requests(kolkata, day)).as("made anew").isEqualTo(before);
        wrong(hour, 5_000_000);
        assertThat(requests(kolkata, day)).isEqualTo(before + 5_000_000);
        wrong(hour, -5_000_000);
    }

    private static long requests(ZoneId zone, Instant day) {
        return sums(zone, Bucket.DAY).getOrDefault(day, 0L);
    }

    /** Changes the quarter from half past on, behind its back. */
    private static void wrong(OffsetDateTime hour, long requests) {
        assertThat(
                        DATABASE.admin()
                                .update(
                                        "UPDATE billing.usage_quarter SET requests = requests + ?"
                                                + " WHERE tenant_id = ? AND hour = ? AND part = 2",
                                        requests,
                                        TENANT,
                                        hour))
                .isEqualTo(1);
    }

    private static void late(OffsetDateTime minute, long requests) {
        for (var unit : List.of("minute", "hour")) {
            DATABASE.service()
                    .update(
                            "UPDATE billing.usage_%1$s SET requests = requests + ? WHERE tenant_id = ? AND %1$s = date_trunc('%1$s', ?::timestamptz, 'UTC')"
                                    .formatted(unit),
                            requests,
                            TENANT,
                            minute);
        }
    }

    private static Map<Instant, Long> buckets(ZoneId zone, Bucket bucket) {
        return REQUESTS.stream()
                .filter(at -> !at.isBefore(FROM) && at.isBefore(TO))
                .collect(groupingBy(at -> start(at.atZone(zone), bucket).toInstant(), counting()));
    }

    private static ZonedDateTime start(ZonedDateTime at, Bucket bucket) {
        return switch (bucket) {
            case MINUTE -> at.truncatedTo(ChronoUnit.MINUTES);
            // Of the offset that holds then, also where the zone's clocks skip half an hour.
            case HOUR ->
                    at.toOffsetDateTime()
                            .truncatedTo(ChronoUnit.HOURS)
                            .atZoneSameInstant(at.getZone());
            case DAY -> at.truncatedTo(ChronoUnit.DAYS);
            case WEEK ->
                    at.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
                            .truncatedTo(ChronoUnit.DAYS);
            case MONTH -> at.withDayOfMonth(1).truncatedTo(ChronoUnit.DAYS);
        };
    }
}
