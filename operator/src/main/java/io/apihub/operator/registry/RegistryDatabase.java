package io.apihub.operator.registry;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** The schema {@code registry}: its migration, and the first row of a cluster. */
public final class RegistryDatabase {

    /** Where a commit is told; the payload is its revision. */
    public static final String REGISTRY_CHANNEL = "apihub_registry";

    /** Where a gateway's ack or leaving is told; the payload is the gateway. */
    public static final String SESSION_CHANNEL = "apihub_session";

    // A restored volume keeps the identifier, a promoted standby changes the timeline.
    private static final String EPOCH =
            """
            SELECT s.system_identifier || '-' || c.timeline_id
            FROM pg_control_system() s, pg_control_checkpoint() c
            """;

    private static final String READ_HEAD =
            "SELECT epoch, term, revision FROM registry.head WHERE cluster = ?";

    private RegistryDatabase() {}

    /** Brings the schema up to date; {@code owner} connects as the migration role. Repeatable. */
    public static void migrate(DataSource owner) {
        Flyway.configure()
                .dataSource(owner)
                .schemas("registry")
                .defaultSchema("registry")
                .createSchemas(true)
                .locations("classpath:db/registry")
                .load()
                .migrate();
    }

    /** Makes the cluster's head row if it is missing. Repeatable. */
    public static void prepare(DataSource database, String cluster) {
        try (var connection = database.getConnection();
                var statement =
                        connection.prepareStatement(
                                "INSERT INTO registry.head (cluster, epoch, term, revision)"
                                        + " VALUES (?, (%s), 0, 0) ON CONFLICT DO NOTHING"
                                                .formatted(EPOCH))) {
            statement.setString(1, cluster);
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new RegistryUnavailableException("prepare the registry", e);
        }
    }

    /** Reads where the registry stands. */
    public static Head head(DataSource database, String cluster) {
        try (var connection = database.getConnection();
                var statement = connection.prepareStatement(READ_HEAD)) {
            statement.setString(1, cluster);
            var row = statement.executeQuery();
            if (!row.next()) {
                throw new SQLException("registry.head has no row for cluster " + cluster);
            }
            return new Head(row.getString(1), row.getLong(2), row.getLong(3));
        } catch (SQLException e) {
            throw new RegistryUnavailableException("read the head", e);
        }
    }

    /** The names of the models in force. */
    public static Set<String> models(DataSource database, String cluster) {
        try (var connection = database.getConnection();
                var statement =
                        connection.prepareStatement(
                                "SELECT name FROM registry.model"
                                        + " WHERE cluster = ? AND deleted_at IS NULL")) {
            statement.setString(1, cluster);
            var rows = statement.executeQuery();
            var names = new HashSet<String>();
            while (rows.next()) {
                names.add(rows.getString(1));
            }
            return Set.copyOf(names);
        } catch (SQLException e) {
            throw new RegistryUnavailableException("read the models", e);
        }
    }
}
