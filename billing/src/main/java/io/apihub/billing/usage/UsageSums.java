package io.apihub.billing.usage;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;

/** The statement that adds new rows to the sums of their minutes and hours. */
final class UsageSums {

    private static final List<String> FIGURES = RolledUsage.SUMS;

    /** Of both tables the minutes first, so that all who add take their rows in one order. */
    private static final String ADD =
            "WITH minutes AS ("
                    + upsert("minute", rows("true"))
                    + " RETURNING 1) "
                    + upsert("hour", rows("(SELECT count(*) FROM minutes) >= 0"));

    private final JdbcTemplate jdbc;

    UsageSums(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Adds to sums.
     *
     * @param unit minute or hour
     * @param select time, tenant, key and model, and the figures
     */
    static String upsert(String unit, String select) {
        return "INSERT INTO billing.usage_"
                + unit
                + " AS m ("
                + unit
                + ", tenant_id, key_uid, model, "
                + String.join(", ", FIGURES)
                + ") "
                + select
                + " ON CONFLICT (tenant_id, "
                + unit
                + ", key_uid, model) DO UPDATE SET "
                + String.join(
                        ", ",
                        FIGURES.stream()
                                .map(figure -> figure + " = m." + figure + " + excluded." + figure)
                                .toList());
    }

    private static String rows(String condition) {
        return "SELECT to_timestamp(at), t, k, o, "
                + String.join(", ", FIGURES)
                + " FROM unnest(?::bigint[], ?::uuid[], ?::uuid[], ?::text[]"
                + ", ?::bigint[]".repeat(FIGURES.size())
                + ") AS r (at, t, k, o, "
                + String.join(", ", FIGURES)
                + ") WHERE "
                + condition;
    }

    private record Key(UUID tenantId, Instant at, UUID keyUid, String model) {}

    private static final Comparator<Map.Entry<Key, long[]>> ORDER =
            Map.Entry.comparingByKey(
                    Comparator.comparing(Key::tenantId)
                            .thenComparing(Key::at)
                            .thenComparing(Key::keyUid)
                            .thenComparing(Key::model));

    /**
     * Adds rows that were just written, in the caller's transaction.
     *
     * @throws ArithmeticException if a sum is larger than a bigint
     */
    void add(Collection<Booking> fresh) {
        jdbc.update(
                ADD,
                Stream.of(ChronoUnit.MINUTES, ChronoUnit.HOURS)
                        .flatMap(unit -> columns(sums(fresh, unit)))
                        .toArray());
    }

    private static List<Map.Entry<Key, long[]>> sums(Collection<Booking> fresh, ChronoUnit unit) {
        var sums = new HashMap<Key, long[]>();
        for (var booking : fresh) {
            var row = booking.row();
            var key =
                    new Key(
                            booking.tenantId(),
                            row.at().truncatedTo(unit),
                            row.keyUid(),
                            row.model());
            add(sums.computeIfAbsent(key, one -> new long[FIGURES.size()]), row);
        }
        var rows = new ArrayList<>(sums.entrySet());
        rows.sort(ORDER);
        return rows;
    }

    private static void add(long[] sum, UsageRow row) {
        var tokens = row.tokens();
        long[] figures = {
            1,
            row.isFailed() ? 1 : 0,
            row.isEstimated() ? 1 : 0,
            tokens.input(),
            tokens.cachedInput(),
            tokens.cacheWrite(),
            tokens.cacheWrite1h(),
            tokens.output(),
            tokens.reasoning(),
            row.cost().micros()
        };
        for (int i = 0; i < sum.length; i++) {
            sum[i] = Math.addExact(sum[i], figures[i]);
        }
    }

    private static Stream<Object> columns(List<Map.Entry<Key, long[]>> rows) {
        var columns = new ArrayList<>();
        columns.add(rows.stream().mapToLong(row -> row.getKey().at().getEpochSecond()).toArray());
        columns.add(rows.stream().map(row -> row.getKey().tenantId()).toArray(UUID[]::new));
        columns.add(rows.stream().map(row -> row.getKey().keyUid()).toArray(UUID[]::new));
        columns.add(rows.stream().map(row -> row.getKey().model()).toArray(String[]::new));
        for (int i = 0; i < FIGURES.size(); i++) {
            int figure = i;
            columns.add(rows.stream().mapToLong(row -> row.getValue()[figure]).toArray());
        }
        return columns.stream();
    }
}
