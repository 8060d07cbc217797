package io.apihub.billing.budget;

import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/** The statements on billing.limit_state: transitions, which the operator hears of at once. */
final class LimitStates {

    private static final String TELL =
            " SELECT pg_notify('limit_state', quota_namespace || '/' || quota_name)"
                    + " FROM (SELECT DISTINCT quota_namespace, quota_name FROM told) t";

    private final JdbcTemplate jdbc;

    LimitStates(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Tells of budgets; of those whose window has ended nobody wants to know any more. */
    void tell(List<Budget> budgets) {
        var keys = budgets.stream().map(budget -> budget.key().limit()).toList();
        jdbc.query(
                "WITH told AS (INSERT INTO billing.limit_state AS s (tenant_id, quota_namespace,"
                        + " quota_name, limit_name, subject, exhausted, alerting_percent,"
                        + " resets_at, changed_at) SELECT DISTINCT ON (t, n, q, l, k) t, n, q, l,"
                        + " k, x, p, CASE WHEN e > 0 THEN to_timestamp(e / 1000.0) END,"
                        + " clock_timestamp() FROM unnest(?::uuid[], ?::text[], ?::text[],"
                        + " ?::text[], ?::text[], ?::boolean[], ?::int[], ?::bigint[]) AS c (t, n,"
                        + " q, l, k, x, p, e) WHERE e = 0 OR to_timestamp(e / 1000.0) >"
                        + " clock_timestamp() ORDER BY t, n, q, l, k"
                        + " ON CONFLICT (tenant_id, quota_namespace, quota_name, limit_name,"
                        + " subject) DO UPDATE SET exhausted = excluded.exhausted,"
                        + " alerting_percent = excluded.alerting_percent,"
                        + " resets_at = excluded.resets_at, changed_at = excluded.changed_at"
                        + " RETURNING quota_namespace, quota_name)"
                        + TELL,
                (row, number) -> 1,
                KeyColumns.tenants(keys),
                KeyColumns.namespaces(keys),
                KeyColumns.quotas(keys),
                KeyColumns.limits(keys),
                KeyColumns.subjects(keys),
                budgets.stream().map(budget -> budget.alarm().exhausted()).toArray(Boolean[]::new),
                budgets.stream().map(budget -> budget.alarm().percent()).toArray(Integer[]::new),
                budgets.stream().map(Budget::resetsAtMillis).toArray(Long[]::new));
    }

    /** Takes back what was told of windows that have ended. */
    int resetEnded() {
        return jdbc.query(
                        "WITH told AS (UPDATE billing.limit_state SET exhausted = false,"
                                + " alerting_percent = 0, resets_at = NULL,"
                                + " changed_at = clock_timestamp() WHERE resets_at <="
                                + " clock_timestamp() AND (exhausted OR alerting_percent > 0)"
                                + " RETURNING quota_namespace, quota_name)"
                                + TELL,
                        (row, number) -> 1)
                .size();
    }
}
