package io.apihub.operator.registry;

import io.apihub.operator.registry.Outcome.Refusal;
import io.apihub.operator.registry.Outcome.Refused;
import io.apihub.operator.registry.RegistryRow.ApiKeyRow;
import io.apihub.operator.registry.RegistryRow.TenantRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rules between rows. They see the database only; two rows of one group that break a rule
 * between themselves run into a unique index, and the group is then done one by one.
 */
final class Refusals {

    private static final String NAMESPACE_HOLDER =
            """
            SELECT name FROM registry.tenant
            WHERE cluster = ? AND namespace = ? AND name <> ? AND deleted_at IS NULL
            """;

    private final Connection connection;
    private final String cluster;

    Refusals(Connection connection, String cluster) {
        this.connection = connection;
        this.cluster = cluster;
    }

    /** The rows that must not be written, and why. */
    Map<RegistryKey, Refused> of(
            RegistryKind kind, List<RegistryRow> rows, Map<RegistryKey, StoredRow> stored)
            throws SQLException {
        return switch (kind) {
            case TENANT -> tenants(rows);
            case API_KEY -> keys(rows, stored);
            case QUOTA, MODEL, PRICE_BOOK -> Map.of();
        };
    }

    private Map<RegistryKey, Refused> tenants(List<RegistryRow> rows) throws SQLException {
        var refused = new HashMap<RegistryKey, Refused>();
        for (var row : rows) {
            namespaceTaken((TenantRow) row).ifPresent(no -> refused.put(row.key(), no));
        }
        return refused;
    }

    private Optional<Refused> namespaceTaken(TenantRow row) throws SQLException {
        try (var statement = connection.prepareStatement(NAMESPACE_HOLDER)) {
            statement.setString(1, cluster);
            statement.setString(2, row.policy().getNamespace());
            statement.setString(3, row.policy().getName());
            var holder = statement.executeQuery();
            return holder.next()
                    ? Optional.of(new Refused(Refusal.NAMESPACE_TAKEN, holder.getString(1)))
                    : Optional.empty();
        }
    }

    private Map<RegistryKey, Refused> keys(
            List<RegistryRow> rows, Map<RegistryKey, StoredRow> stored) throws SQLException {
        var keys = rows.stream().map(ApiKeyRow.class::cast).toList();
        var neighbours = KeyNeighbours.read(connection, cluster, keys);
        var refused = new HashMap<RegistryKey, Refused>();
        for (var key : keys) {
            boolean isNew = !stored.containsKey(key.key());
            neighbours.refusalOf(key, isNew).ifPresent(no -> refused.put(key.key(), no));
        }
        return refused;
    }
}
