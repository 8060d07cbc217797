package io.apihub.operator.registry;

import com.google.protobuf.InvalidProtocolBufferException;
import io.apihub.operator.registry.RegistryRow.ApiKeyRow;
import io.apihub.policy.v1.ApiKey;
import io.apihub.policy.v1.Digest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** Writes rows and tombstones in batches, all with the transaction's revision. */
final class RowWriter {

    private static final String RETIRE =
            """
            INSERT INTO registry.retired_digest (cluster, tenant_id, digest, key_uid, retired_at)
            VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """;

    private final Connection connection;
    private final HeadRow head;

    RowWriter(Connection connection, HeadRow head) {
        this.connection = connection;
        this.head = head;
    }

    /** Inserts or replaces rows of one kind. */
    void write(List<RegistryRow> rows, Map<RegistryKey, StoredRow> stored) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        buryNamesakes(rows);
        var columns = RowColumns.of(rows.getFirst().key().kind());
        try (var statement = connection.prepareStatement(columns.upsert())) {
            for (var row : rows) {
                columns.bind(statement, row, head);
                statement.addBatch();
            }
            statement.executeBatch();
        }
        for (var row : rows) {
            var before = stored.get(row.key());
            if (row instanceof ApiKeyRow key && before != null) {
                retire(before, key.policy());
            }
        }
    }

    /**
     * A live row of the same name and another uid is of a resource that went without its finalizer:
     * the API server holds only one of a name.
     */
    private void buryNamesakes(List<RegistryRow> rows) throws SQLException {
        var columns = RowColumns.of(rows.getFirst().key().kind());
        if (columns.buryNamesake().isEmpty()) {
            return;
        }
        try (var statement = connection.prepareStatement(columns.buryNamesake())) {
            columns.bindNamesakes(statement, rows, head);
            statement.executeUpdate();
        }
    }

    /** Turns rows into tombstones. */
    void bury(List<StoredRow> rows) throws SQLException {
        for (var row : rows) {
            var sql =
                    "UPDATE registry."
                            + row.key().kind().table()
                            + " SET deleted_at = ?, changed_at = ?, revision = ?, term = ?"
                            + " WHERE cluster = ? AND uid = ?";
            try (var statement = connection.prepareStatement(sql)) {
                statement.setTimestamp(1, Timestamp.from(head.now()));
                statement.setTimestamp(2, Timestamp.from(head.now()));
                statement.setLong(3, head.nextRevision());
                statement.setLong(4, head.term());
                statement.setString(5, head.cluster());
                statement.setObject(6, row.key().uid());
                statement.executeUpdate();
            }
            if (row.key().kind() == RegistryKind.API_KEY) {
                retire(row, ApiKey.getDefaultInstance());
            }
        }
    }

    /** Remembers that a generation was seen which changed nothing; older ones stay fenced off. */
    void noteGenerations(List<RegistryRow> rows) throws SQLException {
        for (var row : rows) {
            var sql =
                    "UPDATE registry."
                            + row.key().kind().table()
                            + " SET generation = ? WHERE cluster = ? AND uid = ?";
            try (var statement = connection.prepareStatement(sql)) {
                statement.setLong(1, row.generation());
                statement.setString(2, head.cluster());
                statement.setObject(3, row.key().uid());
                statement.executeUpdate();
            }
        }
    }

    private void retire(StoredRow before, ApiKey after) throws SQLException {
        var old = parse(before);
        var gone = new HashSet<>(old.getDigestsList().stream().map(Digest::getSha256).toList());
        after.getDigestsList().forEach(digest -> gone.remove(digest.getSha256()));
        for (var digest : gone) {
            try (var statement = connection.prepareStatement(RETIRE)) {
                statement.setString(1, head.cluster());
                statement.setObject(2, Uuids.fromBytes(old.getTenantId()));
                statement.setBytes(3, digest.toByteArray());
                statement.setObject(4, before.key().uid());
                statement.setTimestamp(5, Timestamp.from(head.now()));
                statement.executeUpdate();
            }
        }
    }

    private static ApiKey parse(StoredRow row) {
        try {
            return ApiKey.parseFrom(row.policy());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(row.key() + " holds no ApiKey message", e);
        }
    }
}
