package io.apihub.billing.insight;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Records;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.UsageFeed;
import io.apihub.billing.usage.QuarterSums;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What gateways report after an hour was summed by quarters counts at once, and in its own day. */
class LateUsageIT {

    private static TestDatabase database;
    private static RunningBilling billing;
    private static UUID acme;
    private static final Instant HOUR = Instant.parse("2026-10-10T18:00:00Z");
    private static final String DAYS =
            "/api/v1/tenants/acme/usage/aggregates?bucket=day&groupBy=&timeZone=Asia/Kolkata"
                    + "&from=2026-10-10T00:00:00Z&to=2026-10-12T00:00:00Z";

    private final long book;

    LateUsageIT() {
        book = database.registry().priceBook(1_000_000, 2_000_000, "2025-01-01T00:00:00Z");
    }

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        billing = RunningBilling.on(database);
        acme = database.registry().tenant("acme");
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @Test
    void itIsOfItsDayBeforeAndAfterTheQuartersAreMade() {
        // Midnight of Kolkata is 18:30 UTC.
        for (int minute : new int[] {5, 29, 30, 59}) {
            report(minute);
        }
        assertThat(requests()).containsExactly(2L, 2L);

        var sums = billing.get(QuarterSums.class);
        sums.make(HOUR, HOUR.plusSeconds(3_600));
        assertThat(sums.make(HOUR, HOUR.plusSeconds(3_600))).as("made once").isZero();
        assertThat(requests()).containsExactly(2L, 2L);

        report(29);
        assertThat(requests()).containsExactly(3L, 2L);
        report(44);
        assertThat(requests()).containsExactly(3L, 3L);

        assertThat(sums.make(HOUR, HOUR.plusSeconds(3_600))).as("made anew").isPositive();
        assertThat(requests()).containsExactly(3L, 3L);
    }

    private void report(int minute) {
        var of = new Records(acme, UUID.randomUUID(), book).model("m");
        var hold = of.holdAt(HOUR.plusSeconds(60L * minute), 0).setUnmetered(true).build();
        UsageFeed.report(billing, List.of(Records.measured(hold, 10, 5)));
    }

    private static List<Long> requests() {
        var days = new ArrayList<Long>();
        RunningBilling.json(billing.get(DAYS))
                .get("items")
                .forEach(day -> days.add(day.get("requests").asLong()));
        return days;
    }
}
