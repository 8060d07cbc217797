package io.apihub.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.usage.UsageAggregates.Bucket;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Percentiles of more records than are looked at: close to the truth, of all of the span. */
class UsageTimesIT {

    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final UUID TENANT = UUID.fromString("00000000-0000-4000-8000-000000000001");
    private static final Instant FROM = Instant.parse("2026-10-01T00:00:00Z");
    private static final Instant TO = Instant.parse("2026-10-04T00:00:00Z");
    private static final UsageFilter SPAN = new UsageFilter(TENANT, null, null, FROM, TO);

    /** 30,000 in three days, of which the last has its partition; each takes up to a second. */
    private static final String RECORDS =
            """
            INSERT INTO billing.usage (tenant_id, day, hold_id, at, key_uid, key_id, dialect, model, model_served,
              upstream_model, upstream, pool, stream, outcome, estimated, status, input_tokens, cached_input_tokens,
              cache_write_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens, input_cost, cached_input_cost,
              cache_write_cost, cache_write_1h_cost, output_cost, request_cost, rounding, cost_micros, hold_micros,
              overage_micros, unmetered, price_version, price_factor_millionths, started_at, first_byte_at, finished_at,
              request_bytes, response_bytes, client_address, request_id, upstream_request_id, response_flags, note,
              incarnation, gateway)
            SELECT '00000000-0000-4000-8000-000000000001', (at AT TIME ZONE 'UTC')::date, hold, at,
              '00000000-0000-4000-8000-000000000002', 1, 'openai_chat', 'm', 'm', 'm', 'u', 'p', false, 'measured', false,
              CASE WHEN n % 10 = 0 THEN 500 ELSE 200 END, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false, 1,
              1000000, at, at + make_interval(secs => n * 7919 % 1000 / 2000.0),
              at + make_interval(secs => n * 7919 % 1000 / 1000.0), 1, 1, '192.0.2.7', '', '', '', '',
              '00000000-0000-4000-8000-000000000009', 'g'
            FROM (SELECT n, TIMESTAMPTZ '2026-10-01T00:00:00Z' + n * interval '8640 ms' AS at,
                         (lpad(to_hex(1790812800000 + n * 8640), 12, '0') || '7000' || '8'
                           || substr(md5(n::text), 1, 15))::uuid AS hold
                    FROM generate_series(0::bigint, 29999) n) of
            """;

    @BeforeAll
    static void records() {
        var admin = DATABASE.admin();
        admin.queryForList("SELECT billing.ensure_usage_partition(DATE '2026-10-03')");
        admin.update(RECORDS);
        admin.update(
                "INSERT INTO billing.usage_hour SELECT date_trunc('hour', at, 'UTC'), tenant_id,"
                        + " key_uid, model, count(*), 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM billing.usage"
                        + " GROUP BY 1, 2, 3, 4");
    }

    private static UsageTimes.Sampled times(UsageFilter filter, int most) {
        return new UsageTimes(DATABASE.service())
                .times(filter, new UsageTimes.Groups(Bucket.DAY, ZoneOffset.UTC, true), most);
    }

    @Test
    void whatCanBeLookedAtWholeIsExact() {
        var all = times(SPAN, 30_000);

        assertThat(all.isWhole()).isTrue();
        assertThat(all.groups())
                .hasSize(3)
                .allSatisfy(day -> assertThat(day.requests()).isEqualTo(9_000))
                .allSatisfy(day -> assertThat(day.whole()).containsExactly(499L, 949L, 989L));
    }

    @Test
    void ofMoreEachDayHasItsShare() {
        var some = times(SPAN, 3_000);

        assertThat(some.isWhole()).isFalse();
        assertThat(some.millionths()).isBetween(99_000L, 100_000L);
        assertThat(some.groups())
                .hasSize(3)
                .allSatisfy(day -> {
                    assertThat(day.requests()).isBetween(700L, 1_100L);
                    assertThat(day.firstByte().get(0)).isBetween(230L, 270L);
                    assertThat(day.whole().get(1)).isBetween(930L, 970L);
                    assertThat(day.whole().get(2)).isBetween(980L, 999L);
                });
        assertThat(times(SPAN, 3_000)).as("asked again").isEqualTo(some);
    }

    @Test
    void anotherTenantsRecordsDoNotCount() {
        var other = new UsageFilter(UUID.randomUUID(), null, null, FROM, TO);

        assertThat(times(other, 1).groups()).isEmpty();
    }
}
