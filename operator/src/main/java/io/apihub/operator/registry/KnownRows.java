package io.apihub.operator.registry;

import io.apihub.operator.registry.Outcome.InForce;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the registry held when a leader began, read at once: an object that it already has as it is
 * costs no transaction. Each row is used once; what comes later is compared by Postgres.
 */
final class KnownRows {

    private static final int FETCH = 5_000;
    private static final List<RegistryKind> KINDS =
            List.of(RegistryKind.TENANT, RegistryKind.API_KEY, RegistryKind.QUOTA);

    private final Map<RegistryKey, Row> rows = new ConcurrentHashMap<>();

    /**
     * Reads all rows in force; the connection must not commit by itself, or it reads all at once.
     */
    void read(Connection connection, String cluster) throws SQLException {
        for (var kind : KINDS) {
            var sql =
                    "SELECT uid, generation, revision, changed_at, fingerprint FROM registry."
                            + kind.table()
                            + " WHERE cluster = ? AND deleted_at IS NULL";
            try (var statement = connection.prepareStatement(sql)) {
                statement.setFetchSize(FETCH);
                statement.setString(1, cluster);
                var result = statement.executeQuery();
                while (result.next()) {
                    var key = new RegistryKey(kind, result.getObject(1, UUID.class));
                    rows.put(key, row(result));
                }
            }
        }
    }

    private static Row row(ResultSet result) throws SQLException {
        return new Row(
                result.getLong(2),
                result.getLong(3),
                result.getObject(4, OffsetDateTime.class).toInstant(),
                result.getBytes(5));
    }

    /** Whether the registry held exactly this row; asked for the second time, it does not know. */
    Optional<InForce> take(RegistryRow row) {
        var known = rows.remove(row.key());
        return known != null
                        && known.generation == row.generation()
                        && Arrays.equals(known.fingerprint, Fingerprint.of(row))
                ? Optional.of(new InForce(known.revision, known.changedAt, false))
                : Optional.empty();
    }

    void forget(RegistryKey key) {
        rows.remove(key);
    }

    @SuppressWarnings("ArrayRecordComponent") // compared where it is used
    private record Row(long generation, long revision, Instant changedAt, byte[] fingerprint) {}
}
