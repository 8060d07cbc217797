package io.apihub.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.apihub.billing.database.TestDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataIntegrityViolationException;

/** The newest records of all tenants are those that a look at all records finds. */
class NewestOfAllIT {

    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final UsageFilter ALL = new UsageFilter(null, null, null, null, null);

    /**
     * Of seven tenants: a thousand a minute apart, after weeks a thousand 10 ms apart, and after a
     * day and more a thousand of which some have the same millisecond.
     */
    private static final String RECORDS =
            """
            INSERT INTO billing.usage (tenant_id, day, hold_id, at, key_uid, key_id, dialect, model, model_served,
              upstream_model, upstream, pool, stream, outcome, estimated, status, input_tokens, cached_input_tokens,
              cache_write_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens, input_cost, cached_input_cost,
              cache_write_cost, cache_write_1h_cost, output_cost, request_cost, rounding, cost_micros, hold_micros,
              overage_micros, unmetered, price_version, price_factor_millionths, request_bytes, response_bytes,
              client_address, request_id, upstream_request_id, response_flags, note, incarnation, gateway)
            SELECT ('00000000-0000-4000-8000-00000000000' || n % 7)::uuid, (at AT TIME ZONE 'UTC')::date, hold, at,
              '00000000-0000-4000-8000-000000000002', 1, 'openai_chat', 'm' || n % 3, 'm', 'm', 'u' || n % 2, 'p', false,
              'measured', false, CASE WHEN n % 100 = 0 THEN 500 ELSE 200 END, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
              0, false, 1, 1000000, 1, 1, '192.0.2.7', '', '', '', '', '00000000-0000-4000-8000-000000000009', 'g'
            FROM (SELECT n, to_timestamp(ms / 1000.0) AS at, (lpad(to_hex(ms), 12, '0') || '7'
                    || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid AS hold
                    FROM (SELECT n, 1790812800000 + CASE n / 1000 WHEN 0 THEN n * 60000 WHEN 1 THEN 2000000000 + n * 10
                                                                   ELSE 2100000000 + n / 3 END AS ms
                            FROM generate_series(0::bigint, 2999) n) a) b
            """;

    @BeforeAll
    static void records() {
        var admin = DATABASE.admin();
        admin.queryForList("SELECT billing.ensure_usage_partition(DATE '2026-10-25')");
        admin.update(RECORDS);
        for (var unit : List.of("minute", "hour")) {
            admin.update(
                    "INSERT INTO billing.usage_"
                            + unit
                            + " SELECT date_trunc('"
                            + unit
                            + "', at, 'UTC'), tenant_id, key_uid, model, count(*), 0, 0, 0, 0, 0,"
                            + " 0, 0, 0, 0 FROM billing.usage GROUP BY 1, 2, 3, 4");
        }
    }

    private static List<UUID> found(UsageFilter filter, @Nullable UUID before, int limit) {
        return new UsageReports(DATABASE.service())
                .records(filter, before, limit).stream().map(UsageEntry::holdId).toList();
    }

    private static List<UUID> all(String condition) {
        return DATABASE.service()
                .query(
                        "SELECT hold_id FROM billing.usage WHERE "
                                + condition
                                + " ORDER BY hold_id DESC",
                        (row, number) -> row.getObject(1, UUID.class));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 999, 1_001, 2_500, 5_000})
    void asManyAsAreWanted(int limit) {
        assertThat(found(ALL, null, limit)).isEqualTo(all("true").stream().limit(limit).toList());
    }

    @Test
    void pageAfterPageToTheOldest() {
        var pages = new ArrayList<UUID>();
        @Nullable UUID before = null;
        var page = found(ALL, before, 170);
        while (!page.isEmpty()) {
            pages.addAll(page);
            before = page.getLast();
            page = found(ALL, before, 170);
        }

        assertThat(pages).isEqualTo(all("true"));
    }

    @Test
    void whatIsRareIsFoundHoweverOldItIs() {
        var traits = new UsageFilter.Traits(null, 500, null, null, null, null);

        assertThat(found(new UsageFilter(null, null, "m1", null, null, traits), null, 100))
                .isEqualTo(all("status >= 500 AND model = 'm1'"));
    }

    @Test
    void aSpanIsKeptTo() {
        var from = Instant.parse("2026-10-01T10:00:30Z");
        var to = Instant.parse("2026-10-01T12:00:00Z");

        assertThat(found(new UsageFilter(null, null, null, from, to), null, 1_000))
                .hasSize(119)
                .isEqualTo(all("at >= '2026-10-01T10:00:30Z' AND at < '2026-10-01T12:00:00Z'"));
        assertThat(found(new UsageFilter(null, null, null, to, from), null, 10)).isEmpty();
    }

    @Test
    void upstreamsAreJudgedByAllOfThem() {
        var answers =
                new UpstreamHealth(DATABASE.service()).since(Instant.parse("2026-10-20T00:00:00Z"));

        assertThat(answers)
                .extracting(UpstreamHealth.Answers::upstream, UpstreamHealth.Answers::requests)
                .containsExactly(tuple("u0", 1_000L), tuple("u1", 1_000L));
        assertThat(answers.getFirst().failed()).isEqualTo(20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hold_id = overlay(hold_id::text PLACING '4' FROM 15 FOR 1)::uuid",
                "hold_id = overlay(hold_id::text PLACING '0' FROM 20 FOR 1)::uuid",
                "day = day + 1"
            })
    void theDatabaseRefusesAHoldOfAnotherVersionOrDay(String change) {
        assertThatThrownBy(() ->
                        DATABASE.admin()
                                .update(
                                        "UPDATE billing.usage SET "
                                                + change
                                                + " WHERE hold_id = (SELECT hold_id FROM"
                                                + " billing.usage ORDER BY 1 DESC LIMIT 1)"))
                .isInstanceOf(DataIntegrityViolationException.class)
                .hasMessageContaining("usage_");
    }
}
