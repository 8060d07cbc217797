package io.apihub.operator.registry;

import io.apihub.model.key.KeyId;
import io.apihub.operator.registry.Outcome.Refusal;
import io.apihub.operator.registry.Outcome.Refused;
import io.apihub.operator.registry.RegistryRow.ApiKeyRow;
import io.apihub.operator.registry.RegistryRow.TenantRow;
import io.apihub.policy.v1.Digest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The rules between rows. They see the database only; two rows of one group that break a rule
 * between themselves run into a unique index, and the group is then done one by one.
 */
final class Refusals {

    /** Keys over all tenants that may share an id: the authorizer compares that many digests. */
    private static final int MAX_SHARED_ID = 4;

    private static final String NAMESPACE_HOLDER =
            """
            SELECT name FROM registry.tenant
            WHERE cluster = ? AND namespace = ? AND name <> ? AND deleted_at IS NULL
            """;

    private static final String SAME_KEY_ID =
            """
            SELECT tenant_id, namespace || '/' || name FROM registry.api_key
            WHERE cluster = ? AND key_id = ? AND deleted_at IS NULL AND uid <> ?
              AND NOT (namespace = ? AND name = ?)
            """;

    private static final String RETIRED =
            """
            SELECT key_uid, retired_at FROM registry.retired_digest
            WHERE cluster = ? AND tenant_id = ? AND digest = ANY (?)
            """;

    private static final String KEY_COUNT =
            """
            SELECT count(*) FROM registry.api_key
            WHERE cluster = ? AND tenant_id = ? AND deleted_at IS NULL
            """;

    private final Connection connection;
    private final String cluster;
    private final Map<UUID, Integer> keysOfTenant = new HashMap<>();

    Refusals(Connection connection, String cluster) {
        this.connection = connection;
        this.cluster = cluster;
    }

    /** The rows that must not be written, and why. */
    Map<RegistryKey, Refused> of(
            RegistryKind kind, List<RegistryRow> rows, Map<RegistryKey, StoredRow> stored)
            throws SQLException {
        var refused = new HashMap<RegistryKey, Refused>();
        for (var row : rows) {
            boolean isNew = !stored.containsKey(row.key());
            switch (row) {
                case TenantRow tenant ->
                        namespaceTaken(tenant).ifPresent(no -> refused.put(row.key(), no));
                case ApiKeyRow key ->
                        refuse(key, isNew).ifPresent(no -> refused.put(row.key(), no));
                default -> {}
            }
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

    private Optional<Refused> refuse(ApiKeyRow row, boolean isNew) throws SQLException {
        var no = keyIdTaken(row);
        if (no.isEmpty()) {
            no = digestRetired(row);
        }
        return no.isEmpty() && isNew ? tooManyKeys(row) : no;
    }

    private Optional<Refused> keyIdTaken(ApiKeyRow row) throws SQLException {
        var tenant = Uuids.fromBytes(row.policy().getTenantId());
        try (var statement = connection.prepareStatement(SAME_KEY_ID)) {
            statement.setString(1, cluster);
            statement.setString(2, new KeyId(row.policy().getKeyId()).toString());
            statement.setObject(3, row.key().uid());
            statement.setString(4, row.namespace());
            statement.setString(5, row.policy().getName());
            var others = statement.executeQuery();
            int shared = 0;
            while (others.next()) {
                if (others.getObject(1, UUID.class).equals(tenant)) {
                    return Optional.of(new Refused(Refusal.KEY_ID_CONFLICT, others.getString(2)));
                }
                shared++;
            }
            // Names of other tenants' keys are not this tenant's business.
            return shared < MAX_SHARED_ID
                    ? Optional.empty()
                    : Optional.of(new Refused(Refusal.KEY_ID_EXHAUSTED, "other tenants"));
        }
    }

    private Optional<Refused> digestRetired(ApiKeyRow row) throws SQLException {
        var digests =
                row.policy().getDigestsList().stream()
                        .map(Digest::getSha256)
                        .map(bytes -> bytes.toByteArray())
                        .toArray(byte[][]::new);
        try (var statement = connection.prepareStatement(RETIRED)) {
            statement.setString(1, cluster);
            statement.setObject(2, Uuids.fromBytes(row.policy().getTenantId()));
            statement.setArray(3, connection.createArrayOf("bytea", digests));
            var retired = statement.executeQuery();
            while (retired.next()) {
                var at = retired.getObject(2, OffsetDateTime.class).toInstant();
                boolean own = retired.getObject(1, UUID.class).equals(row.key().uid());
                if (own || row.createdAt().isBefore(at)) {
                    return Optional.of(new Refused(Refusal.DIGEST_RETIRED, at.toString()));
                }
            }
            return Optional.empty();
        }
    }

    private Optional<Refused> tooManyKeys(ApiKeyRow row) throws SQLException {
        var tenant = Uuids.fromBytes(row.policy().getTenantId());
        int keys = keysOfTenant.containsKey(tenant) ? keysOfTenant.get(tenant) : count(tenant);
        if (keys >= row.maxKeys()) {
            keysOfTenant.put(tenant, keys);
            return Optional.of(new Refused(Refusal.TOO_MANY_KEYS, Integer.toString(keys)));
        }
        keysOfTenant.put(tenant, keys + 1);
        return Optional.empty();
    }

    private int count(UUID tenant) throws SQLException {
        try (var statement = connection.prepareStatement(KEY_COUNT)) {
            statement.setString(1, cluster);
            statement.setObject(2, tenant);
            var count = statement.executeQuery();
            count.next();
            return count.getInt(1);
        }
    }
}
