package io.apihub.billing.usage;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Makes the sums of quarters of hours that are over, for zones whose days begin within an hour of
 * UTC. Minutes are the truth and quarters a shorter way to them: what is not made yet, or not anew
 * since something came late, is read from minutes ({@link SharedHours}). So nobody waits for this,
 * several processes may do it at once, and it may stop at any time.
 */
@Component
public class QuarterSums {

    /** Tenants of which something is stale, each with one look at its minutes of the hour. */
    private static final String MAKE =
            "INSERT INTO billing.usage_quarter AS old (tenant_id, hour, key_uid, model, part,"
                    + " version, "
                    + String.join(", ", RolledUsage.SUMS)
                    + ") SELECT h.tenant_id, h.hour, h.key_uid, h.model, m.part, h.xmin, "
                    + figures("m.#")
                    + " FROM (SELECT DISTINCT h.tenant_id, h.hour FROM billing.usage_hour h"
                    + " LEFT JOIN billing.usage_quarter q ON q.tenant_id = h.tenant_id"
                    + " AND q.hour = h.hour AND q.key_uid = h.key_uid AND q.model = h.model"
                    + " WHERE h.hour = ? AND q.version IS DISTINCT FROM h.xmin) stale"
                    + " CROSS JOIN LATERAL (SELECT key_uid, model,"
                    + " floor(extract(epoch FROM minute - stale.hour) / 900)::smallint AS part, "
                    + figures("sum(#) AS #")
                    + " FROM billing.usage_minute WHERE tenant_id = stale.tenant_id"
                    + " AND minute >= stale.hour AND minute < stale.hour + interval '1 hour'"
                    + " GROUP BY 1, 2, 3 OFFSET 0) m JOIN billing.usage_hour h"
                    + " ON h.tenant_id = stale.tenant_id AND h.hour = stale.hour"
                    + " AND h.key_uid = m.key_uid AND h.model = m.model ORDER BY 1, 2, 3, 4, 5"
                    + " ON CONFLICT (tenant_id, hour, key_uid, model, part) DO UPDATE SET"
                    + " version = excluded.version, "
                    + figures("# = excluded.#")
                    + " WHERE old.version <> excluded.version";

    private final JdbcTemplate jdbc;

    QuarterSums(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    private static String figures(String each) {
        return RolledUsage.SUMS.stream()
                .map(figure -> each.replace("#", figure))
                .collect(Collectors.joining(", "));
    }

    /**
     * Makes those of all hours that are over, the newest first; an hour is one statement.
     *
     * @param end what ends later is not over
     * @return rows that were written
     */
    public int make(Instant from, Instant end) {
        int rows = 0;
        var last = end.truncatedTo(ChronoUnit.HOURS).minus(1, ChronoUnit.HOURS);
        var first = from.truncatedTo(ChronoUnit.HOURS);
        for (var hour = last; !hour.isBefore(first); hour = hour.minus(1, ChronoUnit.HOURS)) {
            var at = hour.atOffset(ZoneOffset.UTC);
            rows += jdbc.update(new FreshPlan(MAKE, at));
        }
        return rows;
    }
}
