package io.apihub.operator.registry;

import io.apihub.model.price.ModelPattern;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** Says which accepted book is in force. Asking again costs one small query. */
public final class AcceptedBooks {

    /** As billing chooses it: of two that are in force from the same instant, the first one. */
    private static final String CURRENT =
            """
            SELECT name, version FROM registry.price_book
            WHERE cluster = ? AND in_force_from <= clock_timestamp()
            ORDER BY in_force_from DESC, version LIMIT 1
            """;

    private static final String PATTERNS =
            "SELECT model FROM registry.price WHERE version = ? ORDER BY ordinal";

    private final DataSource database;
    private final String cluster;

    /** A book never changes. */
    private volatile Optional<BookInForce> known = Optional.empty();

    public AcceptedBooks(DataSource database, String cluster) {
        this.database = database;
        this.cluster = cluster;
    }

    /**
     * The book in force now, by the database's clock; empty if there is none yet.
     *
     * @throws RegistryUnavailableException if Postgres can't be reached; retry
     */
    public Optional<BookInForce> inForce() {
        try (var connection = database.getConnection();
                var statement = connection.prepareStatement(CURRENT)) {
            statement.setString(1, cluster);
            var row = statement.executeQuery();
            if (!row.next()) {
                return Optional.empty();
            }
            String name = row.getString(1);
            long version = row.getLong(2);
            if (known.filter(book -> book.version() == version).isEmpty()) {
                known = Optional.of(new BookInForce(name, version, patterns(connection, version)));
            }
            return known;
        } catch (SQLException e) {
            throw new RegistryUnavailableException("read the price book in force", e);
        }
    }

    private static List<ModelPattern> patterns(Connection connection, long version)
            throws SQLException {
        try (var statement = connection.prepareStatement(PATTERNS)) {
            statement.setLong(1, version);
            var rows = statement.executeQuery();
            var patterns = new ArrayList<ModelPattern>();
            while (rows.next()) {
                patterns.add(new ModelPattern(rows.getString(1)));
            }
            return patterns;
        }
    }
}
