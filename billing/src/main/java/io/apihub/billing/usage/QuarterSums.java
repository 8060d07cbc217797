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

    private static final String MAKE =
            "INSERT INTO billing.usage_quarter (tenant_id, hour, key_uid, model, part, version, "
                    + String.join(", ", RolledUsage.SUMS)
                    + ") SELECT m.tenant_id, stale.hour, m.key_uid, m.model,"
                    + " floor(extract(epoch FROM m.minute - stale.hour) / 900)::smallint,"
                    + " stale.version, "
                    + RolledUsage.SUMS.stream()
                            .map(figure -> "sum(m." + figure + ")")
                            .collect(Collectors.joining(", "))
                    + " FROM (SELECT DISTINCT h.tenant_id, h.hour, h.key_uid, h.model,"
                    + " h.xmin AS version FROM billing.usage_hour h LEFT JOIN billing.usage_quarter"
                    + " q ON q.tenant_id = h.tenant_id AND q.hour = h.hour AND q.key_uid ="
                    + " h.key_uid AND q.model = h.model WHERE h.hour = ? AND q.version"
                    + " IS DISTINCT FROM h.xmin) stale JOIN billing.usage_minute m"
                    + " ON m.tenant_id = stale.tenant_id AND m.key_uid = stale.key_uid"
                    + " AND m.model = stale.model WHERE m.minute >= ? AND m.minute < ?"
                    + " GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5"
                    + " ON CONFLICT (tenant_id, hour, key_uid, model, part) DO UPDATE SET"
                    + " version = excluded.version, "
                    + RolledUsage.SUMS.stream()
                            .map(figure -> figure + " = excluded." + figure)
                            .collect(Collectors.joining(", "));

    private final JdbcTemplate jdbc;

    QuarterSums(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
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
            rows += jdbc.update(new FreshPlan(MAKE, at, at, at.plusHours(1)));
        }
        return rows;
    }
}
