package io.apihub.billing.usage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
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

    /**
     * Adds rows that were just written, in the caller's transaction.
     *
     * @throws ArithmeticException if a sum is larger than a bigint
     */
    void add(Collection<Booking> fresh) {
        var minutes = new HashMap<Sum.Key, Sum>();
        for (var booking : fresh) {
            var row = booking.row();
            long minute = Math.floorDiv(row.atMillis(), 60_000L) * 60;
            of(minutes, new Sum.Key(booking.tenantId(), minute, row.keyUid(), row.model()))
                    .add(row);
        }
        var hours = new HashMap<Sum.Key, Sum>();
        minutes.values().forEach(minute -> of(hours, minute.key().hour()).add(minute));
        jdbc.update(ADD, Stream.concat(columns(minutes), columns(hours)).toArray());
    }

    private static Sum of(Map<Sum.Key, Sum> sums, Sum.Key key) {
        return sums.computeIfAbsent(key, Sum::new);
    }

    private static Stream<Object> columns(Map<Sum.Key, Sum> sums) {
        var rows = sums.values().toArray(Sum[]::new);
        Arrays.sort(rows);
        var columns = new ArrayList<>();
        columns.add(Arrays.stream(rows).mapToLong(row -> row.key().at()).toArray());
        columns.add(ids(rows, Sum.Key::tenantId));
        columns.add(ids(rows, Sum.Key::keyUid));
        columns.add(Arrays.stream(rows).map(row -> row.key().model()).toArray(String[]::new));
        for (int i = 0; i < FIGURES.size(); i++) {
            int figure = i;
            columns.add(Arrays.stream(rows).mapToLong(row -> row.figure(figure)).toArray());
        }
        return columns.stream();
    }

    /** As Postgres writes an array; the driver would look at each character of it. */
    private static String ids(Sum[] rows, Function<Sum.Key, UUID> id) {
        var text = new StringBuilder(2 + rows.length * 37).append('{');
        for (int i = 0; i < rows.length; i++) {
            text.append(i == 0 ? "" : ",").append(id.apply(rows[i].key()));
        }
        return text.append('}').toString();
    }
}
