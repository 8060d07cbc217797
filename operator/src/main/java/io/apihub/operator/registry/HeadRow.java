package io.apihub.operator.registry;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * The head row of a cluster, locked until the transaction ends.
 *
 * @param term the writer's
 * @param revision of the last write before this transaction
 * @param now the database's clock
 */
record HeadRow(String cluster, long term, long revision, Instant now) {

    // Plans that were cached while a table was empty would scan it row by row once it is not.
    private static final String LOCK =
            """
            SELECT term, revision, clock_timestamp(),
                set_config('plan_cache_mode', 'force_custom_plan', true)
            FROM registry.head WHERE cluster = ? FOR UPDATE
            """;

    private static final String ADVANCE =
            "UPDATE registry.head SET revision = ?, term = ? WHERE cluster = ?";

    /**
     * Waits for the lock.
     *
     * @throws FencedException if a higher term has written
     */
    static HeadRow lock(Connection connection, String cluster, long term) throws SQLException {
        try (var statement = connection.prepareStatement(LOCK)) {
            statement.setString(1, cluster);
            var row = statement.executeQuery();
            if (!row.next()) {
                throw new SQLException("registry.head has no row for cluster " + cluster);
            }
            long seen = row.getLong(1);
            if (seen > term) {
                throw new FencedException(term, seen);
            }
            var now = row.getObject(3, OffsetDateTime.class).toInstant();
            return new HeadRow(cluster, term, row.getLong(2), now);
        }
    }

    /** The revision of everything that this transaction writes. */
    long nextRevision() {
        return revision + 1;
    }

    /** Makes the transaction's revision the head and tells the feeds. */
    void advance(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(ADVANCE)) {
            statement.setLong(1, nextRevision());
            statement.setLong(2, term);
            statement.setString(3, cluster);
            statement.executeUpdate();
        }
        try (var statement = connection.prepareStatement("SELECT pg_notify(?, ?)")) {
            statement.setString(1, RegistryDatabase.REGISTRY_CHANNEL);
            statement.setString(2, Long.toString(nextRevision()));
            statement.executeQuery();
        }
    }
}
