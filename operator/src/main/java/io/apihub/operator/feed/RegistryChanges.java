package io.apihub.operator.feed;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.apihub.operator.registry.Head;
import io.apihub.operator.registry.RegistryKind;
import io.apihub.operator.registry.RegistryUnavailableException;
import io.apihub.operator.registry.Uuids;
import io.apihub.policy.v1.ApiKey;
import io.apihub.policy.v1.Change;
import io.apihub.policy.v1.Kind;
import io.apihub.policy.v1.Model;
import io.apihub.policy.v1.PriceBook;
import io.apihub.policy.v1.Quota;
import io.apihub.policy.v1.Removed;
import io.apihub.policy.v1.Tenant;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * Reads the registry as changes, through server-side cursors: memory does not grow with the number
 * of rows. Each call sees one state of the database.
 */
final class RegistryChanges {

    private static final int FETCH_ROWS = 2_000;

    private static final String SINCE =
            Arrays.stream(RegistryKind.values())
                    .map(RegistryChanges::changedRows)
                    .collect(Collectors.joining(" UNION ALL ", "", " ORDER BY revision"));

    // A plan that was cached while a table was small would scan it for every change.
    private static final String HEAD =
            """
            SELECT epoch, term, revision, set_config('plan_cache_mode', 'force_custom_plan', true)
            FROM registry.head WHERE cluster = ?
            """;

    // Books that no request can be priced by any more are not sent; price_book is small.
    private static final String IN_FORCE_OR_LATER =
            " AND r.in_force_from >= coalesce((SELECT max(b.in_force_from) FROM registry.price_book b"
                    + " WHERE b.cluster = r.cluster AND b.in_force_from <= now()), '-infinity')";

    private final DataSource database;
    private final String cluster;

    RegistryChanges(DataSource database, String cluster) {
        this.database = database;
        this.cluster = cluster;
    }

    private static String changedRows(RegistryKind kind) {
        return "(SELECT '%s' AS kind, revision, deleted_at IS NOT NULL, uid, name, policy FROM registry.%s WHERE cluster = ? AND revision > ?)"
                .formatted(kind.name(), kind.table());
    }

    private static String liveRows(RegistryKind kind) {
        return "SELECT '%s' AS kind, r.revision, false, r.uid, r.name, r.policy FROM registry.%s r WHERE r.cluster = ? AND r.deleted_at IS NULL"
                        .formatted(kind.name(), kind.table())
                + (kind == RegistryKind.PRICE_BOOK ? IN_FORCE_OR_LATER : "");
    }

    /**
     * Everything that is in force. {@code begin} gets the head that the rows belong to and says
     * where they go.
     */
    void snapshot(Function<Head, Consumer<Change>> begin) {
        inOneState(
                begin,
                (connection, head, sink) -> {
                    for (var kind : RegistryKind.values()) {
                        try (var statement = connection.prepareStatement(liveRows(kind))) {
                            statement.setString(1, cluster);
                            stream(statement, sink);
                        }
                    }
                });
    }

    /** Everything that changed after a revision, in revision order, removals included. */
    void since(long revision, Function<Head, Consumer<Change>> begin) {
        inOneState(
                begin,
                (connection, head, sink) -> {
                    if (head.revision() <= revision) {
                        return;
                    }
                    try (var statement = connection.prepareStatement(SINCE)) {
                        for (int i = 0; i < RegistryKind.values().length; i++) {
                            statement.setString(2 * i + 1, cluster);
                            statement.setLong(2 * i + 2, revision);
                        }
                        stream(statement, sink);
                    }
                });
    }

    private void inOneState(Function<Head, Consumer<Change>> begin, Reading reading) {
        try (var connection = database.getConnection()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try {
                var head = head(connection);
                reading.rows(connection, head, begin.apply(head));
            } finally {
                connection.rollback();
            }
        } catch (SQLException e) {
            throw new RegistryUnavailableException("read changes", e);
        }
    }

    private Head head(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(HEAD)) {
            statement.setString(1, cluster);
            var row = statement.executeQuery();
            if (!row.next()) {
                throw new SQLException("registry.head has no row for cluster " + cluster);
            }
            return new Head(row.getString(1), row.getLong(2), row.getLong(3));
        }
    }

    private static void stream(PreparedStatement statement, Consumer<Change> sink)
            throws SQLException {
        statement.setFetchSize(FETCH_ROWS);
        try (var rows = statement.executeQuery()) {
            while (rows.next()) {
                sink.accept(change(rows));
            }
        }
    }

    private static Change change(ResultSet row) throws SQLException {
        var kind = RegistryKind.valueOf(row.getString(1));
        var change = Change.newBuilder().setRevision(row.getLong(2));
        if (row.getBoolean(3)) {
            return change.setRemoved(removed(kind, row)).build();
        }
        var policy = row.getBytes(6);
        try {
            return switch (kind) {
                case TENANT -> change.setTenant(Tenant.parseFrom(policy)).build();
                case API_KEY -> change.setApiKey(ApiKey.parseFrom(policy)).build();
                case QUOTA -> change.setQuota(Quota.parseFrom(policy)).build();
                case MODEL -> change.setModel(Model.parseFrom(policy)).build();
                case PRICE_BOOK -> change.setPriceBook(PriceBook.parseFrom(policy)).build();
            };
        } catch (InvalidProtocolBufferException e) {
            throw new SQLException("registry." + kind.table() + " holds no message", e);
        }
    }

    private static Removed removed(RegistryKind kind, ResultSet row) throws SQLException {
        var removed = Removed.newBuilder();
        return switch (kind) {
            case TENANT -> removed.setKind(Kind.KIND_TENANT).setUid(uid(row)).build();
            case API_KEY -> removed.setKind(Kind.KIND_API_KEY).setUid(uid(row)).build();
            case QUOTA -> removed.setKind(Kind.KIND_QUOTA).setUid(uid(row)).build();
            case MODEL -> removed.setKind(Kind.KIND_MODEL).setName(row.getString(5)).build();
            case PRICE_BOOK -> removed.setKind(Kind.KIND_PRICE_BOOK).setUid(uid(row)).build();
        };
    }

    private static ByteString uid(ResultSet row) throws SQLException {
        return Uuids.toBytes(row.getObject(4, UUID.class));
    }

    private interface Reading {
        void rows(Connection connection, Head head, Consumer<Change> sink) throws SQLException;
    }
}
