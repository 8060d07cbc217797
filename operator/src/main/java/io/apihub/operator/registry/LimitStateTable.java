package io.apihub.operator.registry;

import io.apihub.operator.registry.LimitState.Target;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.UUID;
import javax.sql.DataSource;

/** billing's table of limits that are used up or near it. Only read here. */
public final class LimitStateTable implements LimitStateSource {

    /** Where billing tells a transition; the payload is {@code namespace/quota}. */
    public static final String CHANNEL = "limit_state";

    private static final String COLUMNS =
            """
            SELECT tenant_id, quota_namespace, quota_name, limit_name, subject, exhausted,
                alerting_percent, resets_at
            FROM billing.limit_state
            """;

    private static final String HOLDING =
            COLUMNS
                    + "WHERE (exhausted OR alerting_percent > 0)"
                    + " AND (resets_at IS NULL OR resets_at > now())";

    private static final String CHANGED = COLUMNS + "WHERE changed_at >= ?";

    private final DataSource database;

    public LimitStateTable(DataSource database) {
        this.database = database;
    }

    @Override
    public Reading holding() {
        return read(HOLDING, Instant.EPOCH);
    }

    @Override
    public Reading changedSince(Instant since) {
        return read(CHANGED, since);
    }

    private Reading read(String query, Instant since) {
        try (var connection = database.getConnection()) {
            var at = now(connection);
            try (var statement = connection.prepareStatement(query)) {
                if (query.equals(CHANGED)) {
                    statement.setObject(1, since.atOffset(ZoneOffset.UTC));
                }
                var rows = statement.executeQuery();
                var states = new ArrayList<LimitState>();
                while (rows.next()) {
                    states.add(state(rows));
                }
                return new Reading(at, states);
            }
        } catch (SQLException e) {
            throw new RegistryUnavailableException("read billing.limit_state", e);
        }
    }

    private static Instant now(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT clock_timestamp()")) {
            row.next();
            return row.getObject(1, OffsetDateTime.class).toInstant();
        }
    }

    private static LimitState state(ResultSet row) throws SQLException {
        var resetsAt = row.getObject("resets_at", OffsetDateTime.class);
        return new LimitState(
                new Target(
                        row.getObject("tenant_id", UUID.class),
                        row.getString("quota_namespace"),
                        row.getString("quota_name")),
                row.getString("limit_name"),
                row.getString("subject"),
                row.getBoolean("exhausted"),
                row.getInt("alerting_percent"),
                resetsAt == null ? null : resetsAt.toInstant());
    }
}
