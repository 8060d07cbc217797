package io.apihub.operator.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of all gateways, in Postgres, so that every replica's gateways count. Each replica
 * writes its own rows; all writes may be repeated.
 */
public final class GatewaySessions {

    private static final String FEED =
            """
            INSERT INTO registry.gateway_session AS s (cluster, gateway, replica, incarnation, epoch,
                acked_revision, acked_at, feed_seen_at, left_at)
            VALUES (?, ?, ?, ?, ?, ?, CASE WHEN ? > 0 THEN clock_timestamp() END, ?, ?)
            ON CONFLICT (cluster, gateway, replica) DO UPDATE SET
                incarnation = EXCLUDED.incarnation, epoch = EXCLUDED.epoch,
                acked_revision = EXCLUDED.acked_revision,
                acked_at = CASE WHEN (s.epoch, s.acked_revision, s.incarnation)
                        = (EXCLUDED.epoch, EXCLUDED.acked_revision, EXCLUDED.incarnation)
                    THEN s.acked_at ELSE EXCLUDED.acked_at END,
                feed_seen_at = EXCLUDED.feed_seen_at, left_at = EXCLUDED.left_at
            """;

    private static final String XDS =
            """
            INSERT INTO registry.gateway_session
                (cluster, gateway, replica, xds_versions, xds_nack, xds_seen_at)
            VALUES (?, ?, ?, ?::jsonb, ?, clock_timestamp())
            ON CONFLICT (cluster, gateway, replica) DO UPDATE SET
                xds_versions = EXCLUDED.xds_versions, xds_nack = EXCLUDED.xds_nack,
                xds_seen_at = EXCLUDED.xds_seen_at
            """;

    // A gateway that moved to another replica is known by the row that was written last.
    private static final String READ =
            """
            SELECT g.gateway, coalesce(f.epoch, ''), coalesce(f.acked_revision, 0), f.acked_at,
                f.feed_seen_at, f.left_at, coalesce(x.xds_versions, '{}')::text, x.xds_nack, x.xds_seen_at
            FROM (SELECT DISTINCT gateway FROM registry.gateway_session WHERE cluster = ?) g
            LEFT JOIN LATERAL (SELECT * FROM registry.gateway_session s
                WHERE s.cluster = ? AND s.gateway = g.gateway AND s.feed_seen_at IS NOT NULL
                ORDER BY s.feed_seen_at DESC LIMIT 1) f ON true
            LEFT JOIN LATERAL (SELECT * FROM registry.gateway_session s
                WHERE s.cluster = ? AND s.gateway = g.gateway AND s.xds_seen_at IS NOT NULL
                ORDER BY s.xds_seen_at DESC LIMIT 1) x ON true
            ORDER BY g.gateway
            """;

    private static final String FORGET =
            """
            DELETE FROM registry.gateway_session WHERE cluster = ?
                AND coalesce(greatest(feed_seen_at, xds_seen_at, left_at), '-infinity')
                    < clock_timestamp() - make_interval(secs => ?)
            """;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final DataSource database;
    private final String cluster;
    private final String replica;

    public GatewaySessions(DataSource database, String cluster, String replica) {
        this.database = database;
        this.cluster = cluster;
        this.replica = replica;
    }

    /**
     * Records what this replica knows of its gateways' feeds and tells the leader.
     *
     * @throws RegistryUnavailableException if Postgres can't be reached; retry
     */
    public void recordFeeds(Collection<FeedState> states) {
        inTransaction(
                "record feeds",
                connection -> {
                    try (var statement = connection.prepareStatement(FEED)) {
                        for (var state : states) {
                            bind(statement, state);
                            statement.addBatch();
                        }
                        statement.executeBatch();
                    }
                    tell(connection);
                });
    }

    private void bind(PreparedStatement statement, FeedState state) throws SQLException {
        statement.setString(1, cluster);
        statement.setString(2, state.gateway());
        statement.setString(3, replica);
        statement.setBytes(4, state.incarnation());
        statement.setString(5, state.epoch());
        statement.setLong(6, state.ackedRevision());
        statement.setLong(7, state.ackedRevision());
        statement.setTimestamp(8, Timestamp.from(state.seenAt()));
        statement.setTimestamp(9, state.leftAt() == null ? null : Timestamp.from(state.leftAt()));
    }

    /**
     * Records what a gateway's Envoy has: the version last acked by resource type, and its words
     * when it refuses the newest one.
     *
     * @throws RegistryUnavailableException if Postgres can't be reached; retry
     */
    public void recordXds(String gateway, Map<String, String> versions, @Nullable String nack) {
        inTransaction(
                "record xDS versions",
                connection -> {
                    try (var statement = connection.prepareStatement(XDS)) {
                        statement.setString(1, cluster);
                        statement.setString(2, gateway);
                        statement.setString(3, replica);
                        statement.setString(4, JSON.writeValueAsString(versions));
                        statement.setString(5, nack);
                        statement.executeUpdate();
                    } catch (JsonProcessingException e) {
                        throw new IllegalArgumentException("no versions: " + versions, e);
                    }
                    tell(connection);
                });
    }

    private void tell(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement("SELECT pg_notify(?, ?)")) {
            statement.setString(1, RegistryDatabase.SESSION_CHANNEL);
            statement.setString(2, replica);
            statement.executeQuery();
        }
    }

    /**
     * All gateways that were ever seen and did not fall into oblivion; ask {@link
     * GatewaySession#counts} which of them a change must wait for.
     *
     * @throws RegistryUnavailableException if Postgres can't be reached; retry
     */
    public List<GatewaySession> all() {
        var sessions = new ArrayList<GatewaySession>();
        inTransaction(
                "read sessions",
                connection -> {
                    try (var statement = connection.prepareStatement(READ)) {
                        statement.setString(1, cluster);
                        statement.setString(2, cluster);
                        statement.setString(3, cluster);
                        var rows = statement.executeQuery();
                        while (rows.next()) {
                            sessions.add(session(rows));
                        }
                    }
                });
        return List.copyOf(sessions);
    }

    /**
     * Forgets what was not heard of for longer than {@code age}, which must be longer than any
     * gateway serves unheard.
     *
     * @return how many rows that were
     * @throws RegistryUnavailableException if Postgres can't be reached; retry
     */
    public int forget(Duration age) {
        var forgotten = new int[1];
        inTransaction(
                "forget sessions",
                connection -> {
                    try (var statement = connection.prepareStatement(FORGET)) {
                        statement.setString(1, cluster);
                        statement.setLong(2, age.toSeconds());
                        forgotten[0] = statement.executeUpdate();
                    }
                });
        return forgotten[0];
    }

    private static GatewaySession session(ResultSet row) throws SQLException {
        try {
            return new GatewaySession(
                    row.getString(1),
                    row.getString(2),
                    row.getLong(3),
                    instant(row, 4),
                    instant(row, 5),
                    instant(row, 6),
                    JSON.readValue(row.getString(7), new TypeReference<Map<String, String>>() {}),
                    Optional.ofNullable(row.getString(8)),
                    instant(row, 9));
        } catch (JsonProcessingException e) {
            throw new SQLException("gateway_session.xds_versions holds no versions", e);
        }
    }

    private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
        var time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    private void inTransaction(String doing, Work work) {
        try (var connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                work.on(connection);
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw new RegistryUnavailableException(doing, e);
        }
    }

    private interface Work {
        void on(Connection connection) throws SQLException;
    }

    /**
     * One gateway's feed as a replica sees it.
     *
     * @param incarnation 16 bytes, of the gateway's process
     * @param ackedRevision 0 before the first ack
     * @param seenAt the last heartbeat that was sent
     * @param leftAt when it said goodbye; null otherwise
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record FeedState(
            String gateway,
            byte[] incarnation,
            String epoch,
            long ackedRevision,
            Instant seenAt,
            @Nullable Instant leftAt) {}
}
