package io.apihub.billing.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** What Postgres says of itself: its clock, its timeline, which database it is. */
@Component
public class DatabaseState {

    /** The first eight digits of a WAL file's name are the timeline that writes it. */
    private static final String TIMELINE =
            "('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int";

    private static final String SELECT =
            "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS millis, "
                    + TIMELINE
                    + " AS timeline, system_identifier::text AS system FROM pg_control_system()";

    private final JdbcTemplate jdbc;

    DatabaseState(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * One reading.
     *
     * @param timeMillis the database's clock, milliseconds since 1970
     * @param timeline changes at a fail-over or a restore; then acknowledged records must be sent
     *     again
     * @param systemIdentifier of this database, so that another one is never mistaken for it
     */
    public record Reading(long timeMillis, long timeline, String systemIdentifier) {}

    /** Reads all three, in the caller's transaction if there is one. */
    public Reading read() {
        return Objects.requireNonNull(jdbc.queryForObject(SELECT, DatabaseState::reading));
    }

    private static Reading reading(ResultSet row, int number) throws SQLException {
        return new Reading(row.getLong("millis"), row.getLong("timeline"), row.getString("system"));
    }
}
