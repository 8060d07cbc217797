package io.apihub.billing.usage;

import io.apihub.billing.grpc.WireIds;
import io.apihub.usage.v1.RefusalCount;
import io.apihub.usage.v1.Refusals;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The statements on billing.refusal. */
@Component
public class RefusalTable implements RefusalSink {

    private static final Logger LOG = LoggerFactory.getLogger(RefusalTable.class);
    private static final int MAX_TEXT = 200;

    /** One statement, so that a report counts as a whole or not at all. */
    private static final String TAKE =
            "WITH fresh AS (INSERT INTO billing.refusal_report AS r (incarnation, seq)"
                    + " VALUES (?, ?) ON CONFLICT (incarnation) DO UPDATE SET seq = excluded.seq"
                    + " WHERE r.seq < excluded.seq RETURNING 1)"
                    + " INSERT INTO billing.refusal AS r (tenant_id, minute, key_uid, model,"
                    + " dialect, reason, limit_label, requests)"
                    + " SELECT t, date_trunc('minute', to_timestamp(m / 1000.0)), k, o, d, w, l,"
                    + " sum(n) FROM fresh, unnest(?::uuid[], ?::bigint[], ?::uuid[], ?::text[],"
                    + " ?::text[], ?::text[], ?::text[], ?::bigint[])"
                    + " AS c (t, m, k, o, d, w, l, n) GROUP BY 1, 2, 3, 4, 5, 6, 7"
                    + " ORDER BY 1, 2, 3, 4, 5, 6, 7"
                    + " ON CONFLICT (tenant_id, minute, key_uid, model, dialect, reason,"
                    + " limit_label) DO UPDATE SET requests = r.requests + excluded.requests";

    private final JdbcTemplate jdbc;

    RefusalTable(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public void take(UUID incarnation, Refusals report) {
        var counts = new ArrayList<RefusalCount>();
        for (var count : report.getCountsList()) {
            if (count.getCount() > 0 && count.getTenantId().size() == 16) {
                counts.add(count);
            } else {
                LOG.warn("a refusal count of {} makes no sense", incarnation);
            }
        }
        jdbc.update(
                TAKE,
                incarnation,
                report.getSeq(),
                counts.stream()
                        .map(count -> WireIds.uuid("tenant_id", count.getTenantId()))
                        .toArray(UUID[]::new),
                counts.stream().map(RefusalCount::getMinuteMillis).toArray(Long[]::new),
                counts.stream().map(RefusalTable::key).toArray(UUID[]::new),
                texts(counts, RefusalCount::getModel),
                texts(counts, RefusalCount::getDialect),
                texts(counts, RefusalCount::getReason),
                texts(counts, RefusalCount::getLimit),
                counts.stream().map(RefusalCount::getCount).toArray(Long[]::new));
    }

    /** Requests without a known key have none. */
    private static UUID key(RefusalCount count) {
        return count.getKeyUid().size() == 16
                ? WireIds.uuid("key_uid", count.getKeyUid())
                : new UUID(0, 0);
    }

    private static Object texts(List<RefusalCount> counts, Function<RefusalCount, String> text) {
        return counts.stream()
                .map(text)
                .map(value -> value.replace('\0', '\uFFFD'))
                .map(value -> value.substring(0, Math.min(MAX_TEXT, value.length())))
                .toArray(String[]::new);
    }

    /** Refused requests of one kind. */
    public record Sum(String reason, String limit, long requests) {}

    /** What was refused of a tenant, the most frequent first. */
    public List<Sum> sums(UUID tenant, @Nullable Instant from, @Nullable Instant to) {
        return jdbc.query(
                "SELECT reason, limit_label, sum(requests) FROM billing.refusal"
                        + " WHERE tenant_id = ? AND minute >= ? AND minute < ?"
                        + " GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2",
                (row, number) -> new Sum(row.getString(1), row.getString(2), row.getLong(3)),
                tenant,
                at(from == null ? Instant.EPOCH : from),
                at(to == null ? Instant.parse("9999-01-01T00:00:00Z") : to));
    }

    private static OffsetDateTime at(Instant instant) {
        return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
    }
}
