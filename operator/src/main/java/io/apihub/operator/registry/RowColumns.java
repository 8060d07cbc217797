package io.apihub.operator.registry;

import io.apihub.model.key.KeyId;
import io.apihub.operator.registry.RegistryRow.ApiKeyRow;
import io.apihub.operator.registry.RegistryRow.ModelRow;
import io.apihub.operator.registry.RegistryRow.PriceBookRow;
import io.apihub.operator.registry.RegistryRow.QuotaRow;
import io.apihub.operator.registry.RegistryRow.TenantRow;
import io.apihub.policy.v1.BillingMode;
import io.apihub.policy.v1.Route;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The columns of one kind's table and the SQL made of them.
 *
 * @param upsert inserts a row or replaces one of the same uid
 * @param buryNamesake makes live rows of the same name and another uid tombstones; empty where a
 *     row's uid is made from its name
 */
record RowColumns(String upsert, String buryNamesake) {

    private static final List<String> COMMON =
            List.of(
                    "cluster",
                    "uid",
                    "generation",
                    "revision",
                    "term",
                    "changed_at",
                    "deleted_at",
                    "fingerprint",
                    "policy");

    private static final Map<RegistryKind, RowColumns> OF =
            Map.of(
                    RegistryKind.TENANT,
                    columns(
                            "tenant",
                            "name, namespace, tenant_id, suspended, billing_mode,"
                                    + " credit_limit_micros, price_factor_millionths",
                            "AND true"),
                    RegistryKind.API_KEY,
                    columns(
                            "api_key",
                            "name, namespace, tenant_id, key_id, disabled, expires_at",
                            "AND t.namespace = n.namespace"),
                    RegistryKind.QUOTA,
                    columns("quota", "name, namespace, tenant_id", "AND t.namespace = n.namespace"),
                    RegistryKind.MODEL,
                    columns(
                            "model",
                            "name, upstream_name, context_tokens, max_output_tokens, protocols",
                            ""));

    static RowColumns of(RegistryKind kind) {
        var columns = OF.get(kind);
        if (columns == null) {
            throw new IllegalArgumentException(kind + " is written by PriceBooks");
        }
        return columns;
    }

    private static RowColumns columns(String table, String own, String namesake) {
        var all = List.of((String.join(", ", COMMON) + ", " + own).split(", *"));
        var marks = String.join(", ", Collections.nCopies(all.size(), "?"));
        var updates =
                all.stream()
                        .filter(column -> !column.equals("cluster") && !column.equals("uid"))
                        .map(column -> column + " = EXCLUDED." + column)
                        .collect(Collectors.joining(", "));
        var upsert =
                "INSERT INTO registry.%s (%s) VALUES (%s) ON CONFLICT (cluster, uid) DO UPDATE SET %s"
                        .formatted(table, String.join(", ", all), marks, updates);
        var bury =
                "UPDATE registry."
                        + table
                        + " t SET deleted_at = ?, changed_at = ?, revision = ?, term = ?"
                        + " FROM unnest(?::uuid[], ?::text[], ?::text[]) AS n (uid, namespace, name)"
                        + " WHERE t.cluster = ? AND t.name = n.name AND t.uid <> n.uid"
                        + " AND t.deleted_at IS NULL "
                        + namesake;
        return new RowColumns(upsert, namesake.isEmpty() ? "" : bury);
    }

    void bind(PreparedStatement statement, RegistryRow row, HeadRow head) throws SQLException {
        statement.setString(1, head.cluster());
        statement.setObject(2, row.key().uid());
        statement.setLong(3, row.generation());
        statement.setLong(4, head.nextRevision());
        statement.setLong(5, head.term());
        statement.setTimestamp(6, Timestamp.from(head.now()));
        statement.setTimestamp(7, null);
        statement.setBytes(8, Fingerprint.of(row));
        int next = COMMON.size();
        switch (row) {
            case TenantRow tenant -> bindTenant(statement, tenant, next);
            case ApiKeyRow key -> bindKey(statement, key, next);
            case QuotaRow quota -> bindQuota(statement, quota, next);
            case ModelRow model -> bindModel(statement, model, next);
            case PriceBookRow book ->
                    throw new IllegalArgumentException(book.key() + " is written by PriceBooks");
        }
    }

    private static void bindTenant(PreparedStatement statement, TenantRow row, int policyAt)
            throws SQLException {
        var policy = row.policy();
        statement.setBytes(policyAt, policy.toByteArray());
        statement.setString(policyAt + 1, policy.getName());
        statement.setString(policyAt + 2, policy.getNamespace());
        statement.setObject(policyAt + 3, Uuids.fromBytes(policy.getTenantId()));
        statement.setBoolean(policyAt + 4, policy.getSuspended());
        statement.setString(policyAt + 5, modeName(policy.getBillingMode()));
        statement.setLong(policyAt + 6, row.creditLimitMicros());
        statement.setLong(policyAt + 7, policy.getPriceFactorMillionths());
    }

    private static void bindKey(PreparedStatement statement, ApiKeyRow row, int policyAt)
            throws SQLException {
        var policy = row.policy();
        long expires = policy.getExpiresAtMillis();
        statement.setBytes(policyAt, policy.toByteArray());
        statement.setString(policyAt + 1, policy.getName());
        statement.setString(policyAt + 2, row.namespace());
        statement.setObject(policyAt + 3, Uuids.fromBytes(policy.getTenantId()));
        statement.setString(policyAt + 4, new KeyId(policy.getKeyId()).toString());
        statement.setBoolean(policyAt + 5, policy.getDisabled());
        statement.setTimestamp(
                policyAt + 6, expires == 0 ? null : Timestamp.from(Instant.ofEpochMilli(expires)));
    }

    private static void bindQuota(PreparedStatement statement, QuotaRow row, int policyAt)
            throws SQLException {
        statement.setBytes(policyAt, row.policy().toByteArray());
        statement.setString(policyAt + 1, row.policy().getName());
        statement.setString(policyAt + 2, row.policy().getNamespace());
        statement.setObject(policyAt + 3, Uuids.fromBytes(row.policy().getTenantId()));
    }

    private static void bindModel(PreparedStatement statement, ModelRow row, int policyAt)
            throws SQLException {
        var policy = row.policy();
        var protocols = policy.getRoutesList().stream().map(Route::getProtocol).toArray();
        statement.setBytes(policyAt, policy.toByteArray());
        statement.setString(policyAt + 1, policy.getName());
        statement.setString(policyAt + 2, policy.getUpstreamName());
        statement.setLong(policyAt + 3, policy.getContextTokens());
        statement.setLong(policyAt + 4, policy.getMaxOutputTokens());
        statement.setArray(
                policyAt + 5, statement.getConnection().createArrayOf("text", protocols));
    }

    /** Binds {@link #buryNamesake} for all rows of a group at once. */
    void bindNamesakes(PreparedStatement statement, List<RegistryRow> rows, HeadRow head)
            throws SQLException {
        var connection = statement.getConnection();
        statement.setTimestamp(1, Timestamp.from(head.now()));
        statement.setTimestamp(2, Timestamp.from(head.now()));
        statement.setLong(3, head.nextRevision());
        statement.setLong(4, head.term());
        var uids = rows.stream().map(row -> row.key().uid()).toArray();
        statement.setArray(5, connection.createArrayOf("uuid", uids));
        var names = rows.stream().map(RowColumns::qualifiedName).toList();
        var namespaces = names.stream().map(name -> name[0]).toArray();
        statement.setArray(6, connection.createArrayOf("text", namespaces));
        statement.setArray(
                7, connection.createArrayOf("text", names.stream().map(name -> name[1]).toArray()));
        statement.setString(8, head.cluster());
    }

    /** Namespace and name; Tenants are of no namespace. */
    private static String[] qualifiedName(RegistryRow row) {
        return switch (row) {
            case TenantRow tenant -> new String[] {"", tenant.policy().getName()};
            case ApiKeyRow key -> new String[] {key.namespace(), key.policy().getName()};
            case QuotaRow quota ->
                    new String[] {quota.policy().getNamespace(), quota.policy().getName()};
            case ModelRow _, PriceBookRow _ ->
                    throw new IllegalArgumentException(row.key() + " has no namesakes");
        };
    }

    private static String modeName(BillingMode mode) {
        return switch (mode) {
            case BILLING_MODE_PREPAID -> "Prepaid";
            case BILLING_MODE_POSTPAID -> "Postpaid";
            case BILLING_MODE_UNMETERED -> "Unmetered";
            case BILLING_MODE_UNSPECIFIED, UNRECOGNIZED ->
                    throw new IllegalArgumentException("no billing mode: " + mode);
        };
    }
}
