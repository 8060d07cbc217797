package io.apihub.bench;

import io.apihub.billing.database.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A Postgres as in production: it waits for its disk. It counts statements. */
final class MeasuredDatabase implements AutoCloseable {

    private final EmbeddedPostgres postgres;
    private final TestDatabase registry;

    MeasuredDatabase() throws IOException, SQLException {
        postgres =
                EmbeddedPostgres.builder()
                        .setServerConfig("fsync", "on")
                        .setServerConfig("synchronous_commit", "on")
                        .setServerConfig("max_wal_size", "4GB")
                        .setServerConfig("shared_buffers", "512MB")
                        .setServerConfig("shared_preload_libraries", "pg_stat_statements")
                        .start();
        registry =
                TestDatabase.at("jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres");
        try (var sql = connect();
                var statement = sql.createStatement()) {
            statement.execute("CREATE EXTENSION pg_stat_statements");
            statement.execute("CREATE ROLE apihub_operator LOGIN PASSWORD 'apihub_operator'");
            statement.execute("CREATE ROLE apihub_billing LOGIN PASSWORD 'apihub_billing'");
        }
        registry.createRegistry();
    }

    TestDatabase registry() {
        return registry;
    }

    /** As the owner of everything, with values whose types the server finds out. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(
                registry.settings().jdbcUrl() + "?stringtype=unspecified", "postgres", "postgres");
    }

    /** Processor time of those of its processes that live. */
    Duration processorTime() throws SQLException {
        var sum = Duration.ZERO;
        try (var sql = connect();
                var statement = sql.createStatement();
                var rows = statement.executeQuery("SELECT pid FROM pg_stat_activity")) {
            while (rows.next()) {
                sum =
                        sum.plus(
                                ProcessHandle.of(rows.getLong(1))
                                        .flatMap(process -> process.info().totalCpuDuration())
                                        .orElse(Duration.ZERO));
            }
        }
        return sum;
    }

    void forgetStatements() throws SQLException {
        try (var sql = connect();
                var statement = sql.createStatement()) {
            statement.execute("SELECT pg_stat_statements_reset()");
        }
    }

    /** Statements of the service since, begin and commit included. */
    long statements() throws SQLException {
        try (var sql = connect();
                var statement = sql.createStatement();
                var rows =
                        statement.executeQuery(
                                "SELECT sum(calls)::bigint FROM pg_stat_statements JOIN pg_roles r"
                                        + " ON r.oid = userid WHERE rolname = 'apihub_billing'")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** Where the service's time went since: a table of the costliest statements. */
    List<String> costliest(int most) throws SQLException {
        var lines = new ArrayList<String>();
        try (var sql = connect();
                var statement = sql.createStatement();
                var rows =
                        statement.executeQuery(
                                "SELECT calls, total_exec_time, rows,"
                                        + " left(regexp_replace(query, '\\s+', ' ', 'g'), 70)"
                                        + " FROM pg_stat_statements JOIN pg_roles r"
                                        + " ON r.oid = userid WHERE rolname = 'apihub_billing'"
                                        + " ORDER BY total_exec_time DESC LIMIT "
                                        + most)) {
            while (rows.next()) {
                lines.add(
                        String.format(
                                Locale.ROOT,
                                "| %,d | %,.1f | %,d | `%s` |",
                                rows.getLong(1),
                                rows.getDouble(2),
                                rows.getLong(3),
                                rows.getString(4)));
            }
        }
        return lines;
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
