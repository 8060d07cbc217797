package io.apihub.operator.registry;

import com.google.protobuf.ByteString;
import io.apihub.model.key.KeyId;
import io.apihub.operator.registry.Outcome.Refusal;
import io.apihub.operator.registry.Outcome.Refused;
import io.apihub.operator.registry.RegistryRow.ApiKeyRow;
import io.apihub.policy.v1.Digest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What stands beside a group of keys: the same ids, retired digests, the size of their tenants. */
final class KeyNeighbours {

    /** Keys over all tenants that may share an id: the authorizer compares that many digests. */
    private static final int MAX_SHARED_ID = 4;

    private static final String SAME_IDS =
            """
            SELECT key_id, uid, tenant_id, namespace, name FROM registry.api_key
            WHERE cluster = ? AND key_id = ANY (?) AND deleted_at IS NULL
            """;

    private static final String RETIRED =
            """
            SELECT tenant_id, digest, key_uid, retired_at FROM registry.retired_digest
            WHERE cluster = ? AND tenant_id = ANY (?) AND digest = ANY (?)
            """;

    private static final String KEY_COUNTS =
            """
            SELECT tenant_id, count(*) FROM registry.api_key
            WHERE cluster = ? AND tenant_id = ANY (?) AND deleted_at IS NULL GROUP BY tenant_id
            """;

    private final Map<String, List<SameId>> sameIds = new HashMap<>();
    private final Map<TenantDigest, List<Retired>> retired = new HashMap<>();
    private final Map<UUID, Integer> keysOfTenant = new HashMap<>();

    private KeyNeighbours() {}

    static KeyNeighbours read(Connection connection, String cluster, List<ApiKeyRow> keys)
            throws SQLException {
        var neighbours = new KeyNeighbours();
        var tenants = keys.stream().map(KeyNeighbours::tenant).distinct().toArray();
        neighbours.readSameIds(connection, cluster, keys);
        neighbours.readRetired(connection, cluster, tenants, keys);
        neighbours.readCounts(connection, cluster, tenants);
        return neighbours;
    }

    private void readSameIds(Connection connection, String cluster, List<ApiKeyRow> keys)
            throws SQLException {
        var ids = keys.stream().map(KeyNeighbours::id).distinct().toArray();
        try (var statement = connection.prepareStatement(SAME_IDS)) {
            statement.setString(1, cluster);
            statement.setArray(2, connection.createArrayOf("text", ids));
            var rows = statement.executeQuery();
            while (rows.next()) {
                sameIds.computeIfAbsent(rows.getString(1), id -> new ArrayList<>())
                        .add(
                                new SameId(
                                        rows.getObject(2, UUID.class),
                                        rows.getObject(3, UUID.class),
                                        rows.getString(4),
                                        rows.getString(5)));
            }
        }
    }

    private void readRetired(
            Connection connection, String cluster, Object[] tenants, List<ApiKeyRow> keys)
            throws SQLException {
        var digests =
                keys.stream()
                        .flatMap(key -> key.policy().getDigestsList().stream())
                        .map(digest -> digest.getSha256().toByteArray())
                        .toArray(byte[][]::new);
        try (var statement = connection.prepareStatement(RETIRED)) {
            statement.setString(1, cluster);
            statement.setArray(2, connection.createArrayOf("uuid", tenants));
            statement.setArray(3, connection.createArrayOf("bytea", digests));
            var rows = statement.executeQuery();
            while (rows.next()) {
                var digest =
                        new TenantDigest(
                                rows.getObject(1, UUID.class),
                                ByteString.copyFrom(rows.getBytes(2)));
                retired.computeIfAbsent(digest, d -> new ArrayList<>())
                        .add(
                                new Retired(
                                        rows.getObject(3, UUID.class),
                                        rows.getObject(4, OffsetDateTime.class).toInstant()));
            }
        }
    }

    private void readCounts(Connection connection, String cluster, Object[] tenants)
            throws SQLException {
        try (var statement = connection.prepareStatement(KEY_COUNTS)) {
            statement.setString(1, cluster);
            statement.setArray(2, connection.createArrayOf("uuid", tenants));
            var rows = statement.executeQuery();
            while (rows.next()) {
                keysOfTenant.put(rows.getObject(1, UUID.class), rows.getInt(2));
            }
        }
    }

    /** Why a key must not be written; a new key that may be counts from now on. */
    Optional<Refused> refusalOf(ApiKeyRow key, boolean isNew) {
        var no = idTaken(key).or(() -> digestRetired(key));
        return no.isEmpty() && isNew ? tooManyKeys(key) : no;
    }

    private Optional<Refused> idTaken(ApiKeyRow key) {
        int shared = 0;
        for (var other : sameIds.getOrDefault(id(key), List.of())) {
            boolean itself =
                    other.uid.equals(key.key().uid())
                            || (other.namespace.equals(key.namespace())
                                    && other.name.equals(key.policy().getName()));
            if (itself) {
                continue;
            }
            if (other.tenant.equals(tenant(key))) {
                var name = other.namespace + "/" + other.name;
                return Optional.of(new Refused(Refusal.KEY_ID_CONFLICT, name));
            }
            shared++;
        }
        // Names of other tenants' keys are not this tenant's business.
        return shared < MAX_SHARED_ID
                ? Optional.empty()
                : Optional.of(new Refused(Refusal.KEY_ID_EXHAUSTED, "other tenants"));
    }

    private Optional<Refused> digestRetired(ApiKeyRow key) {
        return key.policy().getDigestsList().stream()
                .map(Digest::getSha256)
                .map(digest -> new TenantDigest(tenant(key), digest))
                .flatMap(digest -> retired.getOrDefault(digest, List.of()).stream())
                .filter(old -> old.by.equals(key.key().uid()) || key.createdAt().isBefore(old.at))
                .map(old -> new Refused(Refusal.DIGEST_RETIRED, old.at.toString()))
                .findFirst();
    }

    private Optional<Refused> tooManyKeys(ApiKeyRow key) {
        int keys = keysOfTenant.getOrDefault(tenant(key), 0);
        if (keys >= key.maxKeys()) {
            return Optional.of(new Refused(Refusal.TOO_MANY_KEYS, Integer.toString(keys)));
        }
        keysOfTenant.put(tenant(key), keys + 1);
        return Optional.empty();
    }

    private static UUID tenant(ApiKeyRow key) {
        return Uuids.fromBytes(key.policy().getTenantId());
    }

    private static String id(ApiKeyRow key) {
        return new KeyId(key.policy().getKeyId()).toString();
    }

    private record SameId(UUID uid, UUID tenant, String namespace, String name) {}

    private record TenantDigest(UUID tenant, ByteString digest) {}

    private record Retired(UUID by, Instant at) {}
}
