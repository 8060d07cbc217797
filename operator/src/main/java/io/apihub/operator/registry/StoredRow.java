package io.apihub.operator.registry;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the registry holds of a row before a write. */
@SuppressWarnings("ArrayRecordComponent") // never compared, never leaves the transaction
record StoredRow(
        RegistryKey key,
        long generation,
        long revision,
        Instant changedAt,
        @Nullable Instant deletedAt,
        byte[] fingerprint,
        byte[] policy) {

    static List<StoredRow> read(
            Connection connection, String cluster, RegistryKind kind, List<UUID> uids)
            throws SQLException {
        var sql =
                "SELECT uid, generation, revision, changed_at, deleted_at, fingerprint, policy"
                        + " FROM registry."
                        + kind.table()
                        + " WHERE cluster = ? AND uid = ANY (?)";
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, cluster);
            statement.setArray(2, connection.createArrayOf("uuid", uids.toArray()));
            var result = statement.executeQuery();
            var rows = new ArrayList<StoredRow>();
            while (result.next()) {
                var deletedAt = result.getObject(5, OffsetDateTime.class);
                rows.add(
                        new StoredRow(
                                new RegistryKey(kind, result.getObject(1, UUID.class)),
                                result.getLong(2),
                                result.getLong(3),
                                result.getObject(4, OffsetDateTime.class).toInstant(),
                                deletedAt == null ? null : deletedAt.toInstant(),
                                result.getBytes(6),
                                result.getBytes(7)));
            }
            return rows;
        }
    }
}
