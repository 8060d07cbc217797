package io.apihub.billing.budget;

import io.apihub.billing.database.JointUpdate;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;

/** The statements on billing.budget. */
final class BudgetRows {

    private static final String SELECT = "SELECT b.* FROM billing.budget b ";
    private static final String LOCK = " ORDER BY b.budget_id FOR NO KEY UPDATE OF b";

    /**
     * Which rows are wanted is found first, and once. A row that another transaction changes
     * meanwhile is looked at again when it is locked; in a join with a UNION that found it no more,
     * and it was missing from the result.
     */
    private static final String ONE_OF = "WHERE b.budget_id = ANY (ARRAY(";

    private final JdbcTemplate jdbc;

    BudgetRows(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    private static final String WANTED =
            "SELECT w.budget_id FROM billing.budget w JOIN unnest(?::uuid[], ?::text[], ?::text[],"
                    + " ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[])"
                    + " AS k (tenant_id, quota_namespace, quota_name, limit_name, subject,"
                    + " metric, time_window, since) USING (tenant_id, quota_namespace,"
                    + " quota_name, limit_name, subject, metric, time_window)"
                    + " WHERE window_end_millis IS NULL OR window_end_millis > since";

    private static final String OF_LEASES =
            "SELECT budget_id FROM billing.lease WHERE lease_id = ANY (?) AND budget_id IS NOT NULL"
                    + " UNION SELECT unnest(?::bigint[])";

    List<Budget> lock(Collection<CreditStore.BudgetsOf> wanted) {
        return jdbc.query(
                SELECT + ONE_OF + WANTED + "))" + LOCK,
                BudgetRows::budget,
                columns(wanted).toArray());
    }

    private static List<Object> columns(Collection<CreditStore.BudgetsOf> wanted) {
        var keys = wanted.stream().map(CreditStore.BudgetsOf::limit).toList();
        return List.of(
                KeyColumns.tenants(keys),
                KeyColumns.namespaces(keys),
                KeyColumns.quotas(keys),
                KeyColumns.limits(keys),
                KeyColumns.subjects(keys),
                wanted.stream().map(of -> of.metric().name()).toArray(String[]::new),
                wanted.stream().map(of -> of.window().name()).toArray(String[]::new),
                wanted.stream().map(CreditStore.BudgetsOf::endsAfterMillis).toArray(Long[]::new));
    }

    /** All in one statement, as two could not keep the order of locks. */
    List<Budget> lockOfLeases(
            Collection<Long> leases,
            Collection<Long> numbers,
            Collection<CreditStore.BudgetsOf> others) {
        var parameters = new ArrayList<Object>();
        parameters.add(leases.toArray(Long[]::new));
        parameters.add(numbers.toArray(Long[]::new));
        if (others.isEmpty()) {
            return jdbc.query(
                    SELECT + ONE_OF + OF_LEASES + "))" + LOCK,
                    BudgetRows::budget,
                    parameters.toArray());
        }
        parameters.addAll(columns(others));
        return jdbc.query(
                SELECT + ONE_OF + OF_LEASES + " UNION " + WANTED + "))" + LOCK,
                BudgetRows::budget,
                parameters.toArray());
    }

    List<Budget> lockOf(LimitHome home, long nowMillis) {
        return jdbc.query(
                SELECT
                        + "WHERE tenant_id = ? AND quota_namespace = ? AND quota_name = ?"
                        + " AND (window_end_millis IS NULL OR window_end_millis > ?)"
                        + LOCK,
                BudgetRows::budget,
                home.tenantId(),
                home.namespace(),
                home.quota(),
                nowMillis);
    }

    private static Budget budget(ResultSet row, int number) throws SQLException {
        var span = KeyColumns.span(row);
        return new Budget(
                row.getLong("budget_id"),
                new Budget.Key(
                        KeyColumns.key(row),
                        Metric.valueOf(row.getString("metric")),
                        Window.valueOf(row.getString("time_window")),
                        span),
                new Budget.Counts(
                        row.getLong("revision"),
                        row.getLong("amount"),
                        row.getLong("spent"),
                        row.getLong("leased"),
                        row.getLong("overage"),
                        row.getLong("observed"),
                        row.getLong("corrected"),
                        row.getLong("would_have_refused")),
                new Budget.Alarm(
                        row.getBoolean("exhausted"),
                        row.getLong("exhausted_at_millis"),
                        row.getInt("alerting_percent"),
                        List.of((Integer[]) row.getArray("alert_percents").getArray())));
    }

    /** Makes rows that are not there, ordered, so that two who make the same ones take turns. */
    void create(Map<Budget.Key, Limit> budgets) {
        var rows = new ArrayList<>(budgets.entrySet());
        rows.sort(
                Comparator.comparing((Map.Entry<Budget.Key, Limit> row) -> row.getKey().limit())
                        .thenComparing(row -> row.getKey().metric())
                        .thenComparing(row -> row.getKey().window())
                        .thenComparingLong(row -> row.getKey().span().startMillis()));
        var keys = rows.stream().map(row -> row.getKey().limit()).toList();
        jdbc.update(
                "INSERT INTO billing.budget (tenant_id, quota_namespace, quota_name, limit_name,"
                        + " subject, metric, time_window, window_start_millis, window_end_millis,"
                        + " revision, amount) SELECT t, n, q, l, s, m, w, b, nullif(e, "
                        + Span.NEVER
                        + "), r, a FROM unnest(?::uuid[], ?::text[], ?::text[],"
                        + " ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[],"
                        + " ?::bigint[], ?::bigint[]) AS k (t, n, q, l, s, m, w, b, e, r, a)"
                        + " ON CONFLICT DO NOTHING",
                KeyColumns.tenants(keys),
                KeyColumns.namespaces(keys),
                KeyColumns.quotas(keys),
                KeyColumns.limits(keys),
                KeyColumns.subjects(keys),
                rows.stream().map(row -> row.getKey().metric().name()).toArray(String[]::new),
                rows.stream().map(row -> row.getKey().window().name()).toArray(String[]::new),
                rows.stream().map(row -> row.getKey().span().startMillis()).toArray(Long[]::new),
                rows.stream().map(row -> row.getKey().span().endMillis()).toArray(Long[]::new),
                rows.stream().map(row -> row.getValue().revision()).toArray(Long[]::new),
                rows.stream().map(row -> row.getValue().amount()).toArray(Long[]::new));
    }

    void save(List<Budget> budgets, JointUpdate update) {
        update.add(
                "UPDATE billing.budget b SET revision = c.revision, amount = c.amount,"
                        + " spent = c.spent, leased = c.leased, overage = c.overage,"
                        + " observed = c.observed, corrected = c.corrected,"
                        + " would_have_refused = c.refused, exhausted = c.exhausted,"
                        + " exhausted_at_millis = c.exhausted_at, alerting_percent = c.percent,"
                        + " alert_percents = c.percents::int[]"
                        + " FROM unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],"
                        + " ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],"
                        + " ?::boolean[], ?::bigint[], ?::int[], ?::text[]) AS c (id, revision, amount, spent,"
                        + " leased, overage, observed, corrected, refused, exhausted,"
                        + " exhausted_at, percent, percents) WHERE b.budget_id = c.id",
                longs(budgets, Budget::number),
                longs(budgets, budget -> budget.counts().revision()),
                longs(budgets, budget -> budget.counts().amount()),
                longs(budgets, budget -> budget.counts().spent()),
                longs(budgets, budget -> budget.counts().leased()),
                longs(budgets, budget -> budget.counts().overage()),
                longs(budgets, budget -> budget.counts().observed()),
                longs(budgets, budget -> budget.counts().corrected()),
                longs(budgets, budget -> budget.counts().wouldHaveRefused()),
                budgets.stream().map(budget -> budget.alarm().exhausted()).toArray(Boolean[]::new),
                longs(budgets, budget -> budget.alarm().exhaustedAtMillis()),
                budgets.stream().map(budget -> budget.alarm().percent()).toArray(Integer[]::new),
                budgets.stream().map(BudgetRows::percents).toArray(String[]::new));
    }

    /** As Postgres writes an array: arrays of arrays must be rectangular, these are not. */
    private static String percents(Budget budget) {
        return budget.alarm().percents().stream()
                .map(String::valueOf)
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static Object longs(List<Budget> budgets, ToLongFunction<Budget> value) {
        return budgets.stream().map(value::applyAsLong).toArray(Long[]::new);
    }
}
