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
import org.springframework.jdbc.core.JdbcTemplate;

/** The statements on billing.share. */
final class ShareRows {

    private static final String SELECT = "SELECT s.* FROM billing.share s ";
    private static final String LOCK = " ORDER BY s.share_id FOR NO KEY UPDATE OF s";

    /** Found first, and once, as in {@link BudgetRows}. */
    private static final String ONE_OF = "WHERE s.share_id = ANY (ARRAY(";

    private final JdbcTemplate jdbc;

    ShareRows(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    List<Share> lock(Collection<Share.Key> wanted) {
        var keys = wanted.stream().map(Share.Key::limit).toList();
        return jdbc.query(
                SELECT
                        + ONE_OF
                        + "SELECT w.share_id FROM billing.share w JOIN unnest(?::uuid[], ?::text[],"
                        + " ?::text[], ?::text[], ?::text[], ?::text[]) AS k (tenant_id,"
                        + " quota_namespace, quota_name, limit_name, subject, metric) USING"
                        + " (tenant_id, quota_namespace, quota_name, limit_name, subject, metric)))"
                        + LOCK,
                ShareRows::share,
                KeyColumns.tenants(keys),
                KeyColumns.namespaces(keys),
                KeyColumns.quotas(keys),
                KeyColumns.limits(keys),
                KeyColumns.subjects(keys),
                wanted.stream().map(key -> key.metric().name()).toArray(String[]::new));
    }

    List<Share> lockOfLeases(Collection<Long> leases) {
        return jdbc.query(
                SELECT
                        + ONE_OF
                        + "SELECT share_id FROM billing.lease"
                        + " WHERE lease_id = ANY (?) AND share_id IS NOT NULL))"
                        + LOCK,
                ShareRows::share,
                (Object) leases.toArray(Long[]::new));
    }

    List<Share> lockOf(LimitHome home) {
        return jdbc.query(
                SELECT + "WHERE tenant_id = ? AND quota_namespace = ? AND quota_name = ?" + LOCK,
                ShareRows::share,
                home.tenantId(),
                home.namespace(),
                home.quota());
    }

    private static Share share(ResultSet row, int number) throws SQLException {
        return new Share(
                row.getLong("share_id"),
                new Share.Key(KeyColumns.key(row), Metric.valueOf(row.getString("metric"))),
                new Share.Counts(
                        row.getLong("revision"),
                        row.getLong("amount"),
                        row.getLong("leased"),
                        row.getLong("level"),
                        row.getLong("level_at_millis")));
    }

    /** Makes rows that are not there, ordered, so that two who make the same ones take turns. */
    void create(Map<Share.Key, Limit> shares) {
        var rows = new ArrayList<>(shares.entrySet());
        rows.sort(
                Comparator.comparing((Map.Entry<Share.Key, Limit> row) -> row.getKey().limit())
                        .thenComparing(row -> row.getKey().metric()));
        var keys = rows.stream().map(row -> row.getKey().limit()).toList();
        jdbc.update(
                "INSERT INTO billing.share (tenant_id, quota_namespace, quota_name, limit_name,"
                        + " subject, metric, revision, amount) SELECT * FROM unnest(?::uuid[],"
                        + " ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[],"
                        + " ?::bigint[]) ON CONFLICT DO NOTHING",
                KeyColumns.tenants(keys),
                KeyColumns.namespaces(keys),
                KeyColumns.quotas(keys),
                KeyColumns.limits(keys),
                KeyColumns.subjects(keys),
                rows.stream().map(row -> row.getKey().metric().name()).toArray(String[]::new),
                rows.stream().map(row -> row.getValue().revision()).toArray(Long[]::new),
                rows.stream().map(row -> row.getValue().amount()).toArray(Long[]::new));
    }

    void save(List<Share> shares, JointUpdate update) {
        update.add(
                "UPDATE billing.share s SET revision = c.revision, amount = c.amount,"
                        + " leased = c.leased, level = c.level, level_at_millis = c.level_at"
                        + " FROM unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],"
                        + " ?::bigint[], ?::bigint[]) AS c (id, revision, amount, leased, level,"
                        + " level_at) WHERE s.share_id = c.id",
                longs(shares, Share::number),
                longs(shares, share -> share.counts().revision()),
                longs(shares, share -> share.counts().amount()),
                longs(shares, share -> share.counts().leased()),
                longs(shares, share -> share.counts().level()),
                longs(shares, share -> share.counts().levelAtMillis()));
    }

    private static Object longs(List<Share> shares, ToLongFunction<Share> value) {
        return shares.stream().map(value::applyAsLong).toArray(Long[]::new);
    }
}
