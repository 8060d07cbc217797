package io.apihub.bench;

import io.apihub.billing.database.DatabaseConfiguration;
import io.apihub.billing.database.Migration;
import io.apihub.billing.settings.DatabaseLogin;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.usage.QuarterSums;
import io.apihub.billing.usage.UsageAggregates;
import io.apihub.billing.usage.UsageAggregates.Bucket;
import io.apihub.billing.usage.UsageAggregates.Dimension;
import io.apihub.billing.usage.UsageAggregates.Grouping;
import io.apihub.billing.usage.UsageAggregates.Order;
import io.apihub.billing.usage.UsageFilter;
import io.apihub.billing.usage.UsageReports;
import io.apihub.billing.usage.UsageTimes;
import io.apihub.dev.postgres.LocalPostgres;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntSupplier;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.SQLWarningException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Usage queries of one tenant over a month of many records: 50 keys, 4 models, spread evenly, so
 * that each hour of each key and model has some, which is the worst for sums.
 */
final class UsageBench {

    private static final UUID TENANT = UUID.fromString("00000000-0000-4000-8000-000000000001");
    private static final Instant FROM = Instant.parse("2026-10-01T00:00:00Z");
    private static final Instant TO = Instant.parse("2026-11-01T00:00:00Z");
    private static final int RUNS = 21;
    private static final String BY_DAY = "month by day × model × key, ";

    private static final String RECORDS =
            """
            INSERT INTO billing.usage (tenant_id, day, hold_id, at, key_uid, key_id, dialect, model, model_served,
              upstream_model, upstream, pool, stream, outcome, estimated, status, input_tokens, cached_input_tokens,
              cache_write_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens, input_cost, cached_input_cost,
              cache_write_cost, cache_write_1h_cost, output_cost, request_cost, rounding, cost_micros, hold_micros,
              overage_micros, unmetered, price_version, price_factor_millionths, started_at, first_byte_at, finished_at,
              request_bytes, response_bytes, client_address, request_id, upstream_request_id, response_flags, note,
              incarnation, gateway)
            SELECT '00000000-0000-4000-8000-000000000001', d, hold, at, ('00000000-0000-4000-8000-0000000001'
              || lpad((n % 50)::text, 2, '0'))::uuid, n % 50, 'openai_chat', 'model-' || (n / 50 % 4), 'served', 'up',
              'openai', 'pool', true, 'measured', false, CASE WHEN n % 500 = 0 THEN 500 ELSE 200 END, 1000, 0, 0, 0, 300, 0,
              0.001, 0, 0, 0, 0.002, 0, 0, 3000, 4000, 0, false, 1, 1000000, at,
              at + make_interval(secs => 0.2 + random() * random()), at + make_interval(secs => 1 + random() * 9), 500,
              2000, '192.0.2.7', 'request-' || n, '', '', '', '00000000-0000-4000-8000-000000000009', 'gateway-0'
            FROM (SELECT n, d, to_timestamp(millis / 1000.0) AS at, (lpad(to_hex(millis), 12, '0') || '7'
                    || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid AS hold
                    FROM (SELECT n, d, (extract(epoch FROM d) * 1000)::bigint + (n * 86400000.0 / w)::bigint AS millis
                            FROM (SELECT DATE '2026-10-01' + ? AS d, n, c AS w
                                    FROM generate_series(0, ? - 1) n, (SELECT ?::float8 AS c) k) a) b) c
            """;

    private static final List<String> EXPLAINED =
            List.of(
                    "LOAD 'auto_explain'",
                    "SET auto_explain.log_analyze = on",
                    "SET auto_explain.log_timing = off",
                    "SET auto_explain.log_verbose = off",
                    "SET client_min_messages = log",
                    "SET auto_explain.log_min_duration = 0");

    private final int records;

    UsageBench(int records) {
        this.records = records;
    }

    void run() throws Exception {
        try (var postgres = LocalPostgres.temporary();
                var context = new AnnotationConfigApplicationContext()) {
            var owner = new DatabaseLogin(postgres.adminUser(), postgres.adminPassword());
            Migration.run(new Settings.Database(postgres.jdbcUrl(), owner, owner));
            var source =
                    new SingleConnectionDataSource(
                            postgres.jdbcUrl(), owner.user(), owner.password(), true);
            var session = new Properties();
            session.setProperty("options", DatabaseConfiguration.SESSION.replace("=20s", "=1h"));
            source.setConnectionProperties(session);
            var jdbc = new JdbcTemplate(source);
            fill(jdbc);
            context.registerBean(JdbcTemplate.class, () -> jdbc);
            context.register(
                    UsageAggregates.class, UsageReports.class, UsageTimes.class, QuarterSums.class);
            context.refresh();
            quarters(jdbc, context.getBean(QuarterSums.class));
            System.out.printf("%,d records of a month, 50 keys, 4 models%n%n", records);
            System.out.println("| query | rows | median, ms | slowest, ms |\n|---|---|---|---|");
            var queries = queries(context);
            queries.forEach(UsageBench::measure);
            for (var zone : new String[] {"UTC", "Asia/Kolkata"}) {
                var name = BY_DAY + zone;
                plan(jdbc, name, Objects.requireNonNull(queries.get(name)));
            }
            source.destroy();
        }
    }

    private void fill(JdbcTemplate jdbc) {
        jdbc.execute("SET synchronous_commit = off");
        for (int day = 1; day <= 31; day++) {
            jdbc.queryForList(
                    "SELECT billing.ensure_usage_partition(DATE '2026-10-01' + ?)", day - 1);
            jdbc.update(RECORDS, day - 1, records / 31, (double) records / 31);
        }
        for (var unit : new String[] {"minute", "hour"}) {
            jdbc.update(
                    "INSERT INTO billing.usage_"
                            + unit
                            + " SELECT date_trunc('"
                            + unit
                            + "', at, 'UTC'), tenant_id, key_uid, model, count(*),"
                            + " count(*) FILTER (WHERE status >= 400), 0, sum(input_tokens), 0, 0,"
                            + " 0, sum(output_tokens), 0, sum(cost_micros) FROM billing.usage"
                            + " GROUP BY 1, 2, 3, 4");
        }
        jdbc.execute("VACUUM ANALYZE billing.usage");
        jdbc.execute("VACUUM ANALYZE billing.usage_minute");
        jdbc.execute("VACUUM ANALYZE billing.usage_hour");
    }

    private static void quarters(JdbcTemplate jdbc, QuarterSums sums) {
        long start = System.nanoTime();
        int rows = sums.make(FROM, TO);
        double millis = (System.nanoTime() - start) / 1e6;
        jdbc.execute("VACUUM ANALYZE billing.usage_quarter");
        System.out.printf(
                "Quarters: %,d rows in %,.0f ms, %.1f ms for each hour of the month%n%n",
                rows, millis, millis / Duration.between(FROM, TO).toHours());
    }

    private static Map<String, IntSupplier> queries(AnnotationConfigApplicationContext context) {
        var aggregates = context.getBean(UsageAggregates.class);
        var times = context.getBean(UsageTimes.class);
        var reports = context.getBean(UsageReports.class);
        var month = new UsageFilter(TENANT, null, null, FROM, TO);
        var both = Set.of(Dimension.KEY, Dimension.MODEL);
        var queries = new LinkedHashMap<String, IntSupplier>();
        for (var zone : new String[] {"UTC", "Asia/Shanghai", "Asia/Kolkata", "Asia/Kathmandu"}) {
            var days = new Grouping(Bucket.DAY, both, ZoneId.of(zone));
            queries.put(BY_DAY + zone, () -> aggregates.sums(month, days, 10_001).size());
        }
        for (var zone : new String[] {"UTC", "Asia/Kolkata"}) {
            var hours = new Grouping(Bucket.HOUR, Set.of(), ZoneId.of(zone));
            queries.put(
                    "month by hour, " + zone, () -> aggregates.sums(month, hours, 10_001).size());
        }
        queries.put("top keys", () -> aggregates.top(month, Dimension.KEY, Order.COST, 10).size());
        queries.put("newest 100 records", () -> reports.records(month, null, 100).size());
        queries.put("errors", () -> times.failures(month, 500).size());
        queries.put(
                "percentiles by day and model (of 200,000 records)",
                () -> times.times(month, Bucket.DAY, ZoneId.of("UTC"), true).groups().size());
        return queries;
    }

    private static void measure(String name, IntSupplier query) {
        int rows = query.getAsInt();
        var nanos = new long[RUNS];
        for (int i = 0; i < RUNS; i++) {
            long start = System.nanoTime();
            int again = query.getAsInt();
            nanos[i] = System.nanoTime() - start;
            if (again != rows) {
                throw new IllegalStateException(name + ": " + again + " rows, before " + rows);
            }
        }
        Arrays.sort(nanos);
        System.out.printf(
                "| %s | %,d | %.0f | %.0f |%n",
                name, rows, nanos[RUNS / 2] / 1e6, nanos[RUNS - 1] / 1e6);
    }

    /** As Postgres explains the very statement that is sent. */
    private static void plan(JdbcTemplate jdbc, String name, IntSupplier query) {
        System.out.println("\nThe plan of " + name + ":\n");
        EXPLAINED.forEach(jdbc::execute);
        jdbc.setIgnoreWarnings(false);
        try {
            var _ = query.getAsInt();
        } catch (SQLWarningException e) {
            var plan = Objects.requireNonNull(e.getSQLWarning()).getMessage();
            Objects.requireNonNull(plan).lines().forEach(line -> System.out.println("    " + line));
        } finally {
            jdbc.setIgnoreWarnings(true);
            jdbc.execute("RESET auto_explain.log_min_duration");
        }
    }
}
