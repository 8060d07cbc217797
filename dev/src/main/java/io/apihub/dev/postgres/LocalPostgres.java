package io.apihub.dev.postgres;

import io.apihub.dev.file.Trees;
import io.apihub.dev.process.Await;
import io.apihub.dev.process.Ports;
import io.apihub.dev.process.Supervised;
import io.apihub.dev.process.Supervisor;
import io.apihub.dev.tool.Toolbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Postgres on the loopback address with the database {@code apihub} and the log-in roles {@code
 * apihub_operator} and {@code apihub_billing}, which may connect and nothing else; their passwords
 * are their names. It is started again when it crashes.
 */
public final class LocalPostgres implements AutoCloseable {

    private static final String ADMIN = "postgres";
    private static final List<String> ROLES = List.of("apihub_operator", "apihub_billing");
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Supervisor supervisor;
    private final Supervised server;
    private final int port;
    private final String adminPassword;
    private final @Nullable Path temporary;

    private LocalPostgres(
            Supervisor supervisor,
            Supervised server,
            int port,
            String adminPassword,
            @Nullable Path temporary) {
        this.supervisor = supervisor;
        this.server = server;
        this.port = port;
        this.adminPassword = adminPassword;
        this.temporary = temporary;
    }

    /** Starts one whose data stays in {@code directory}, on a free port. */
    public static LocalPostgres start(Path directory) throws IOException, InterruptedException {
        return start(new Cluster(directory, Toolbox.standard().postgresHome(), true), null);
    }

    /** Starts an empty one that is gone after {@link #close}; it does not survive a power cut. */
    public static LocalPostgres temporary() throws IOException, InterruptedException {
        var directory = Files.createTempDirectory("apihub-postgres");
        var home = Toolbox.standard().postgresHome();
        return start(new Cluster(directory, home, false), directory);
    }

    private static LocalPostgres start(Cluster cluster, @Nullable Path temporary)
            throws IOException, InterruptedException {
        var supervisor = new Supervisor(line -> System.err.println("postgres: " + line));
        return start(cluster, supervisor, Ports.free(), temporary);
    }

    /** Starts one as part of a stack, whose supervisor ends it. */
    public static LocalPostgres start(
            Path directory, Toolbox tools, Supervisor supervisor, int port)
            throws IOException, InterruptedException {
        var cluster = new Cluster(directory, tools.postgresHome(), true);
        return start(cluster, supervisor, port, null);
    }

    private static LocalPostgres start(
            Cluster cluster, Supervisor supervisor, int port, @Nullable Path temporary)
            throws IOException, InterruptedException {
        var password = cluster.prepare(ADMIN);
        var server = supervisor.start(cluster.program(port));
        var postgres = new LocalPostgres(supervisor, server, port, password, temporary);
        try {
            Await.until("Postgres", START_LIMIT, postgres::answers);
            postgres.bootstrap();
            return postgres;
        } catch (SQLException e) {
            supervisor.close();
            throw new IOException("cannot prepare the database: " + e.getMessage(), e);
        } catch (IllegalStateException e) {
            supervisor.close();
            throw e;
        }
    }

    /** The database {@code apihub}. */
    public String jdbcUrl() {
        return url("apihub");
    }

    public String adminUser() {
        return ADMIN;
    }

    public String adminPassword() {
        return adminPassword;
    }

    public int port() {
        return port;
    }

    /** The server's process. */
    public Supervised process() {
        return server;
    }

    /** A connection of the administrator to the database {@code apihub}; the caller closes it. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), ADMIN, adminPassword);
    }

    /** Stops the server; a temporary one's data is deleted. */
    @Override
    public void close() throws IOException {
        supervisor.close();
        if (temporary != null) {
            Trees.delete(temporary);
        }
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
    }

    private boolean answers() throws SQLException {
        try (var connection = DriverManager.getConnection(url("postgres"), ADMIN, adminPassword)) {
            return connection.isValid(1);
        }
    }

    private void bootstrap() throws SQLException {
        try (var connection = DriverManager.getConnection(url("postgres"), ADMIN, adminPassword);
                var statement = connection.createStatement()) {
            for (var role : ROLES) {
                if (isMissing(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?", role)) {
                    statement.execute("CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(role, role));
                }
            }
            if (isMissing(connection, "SELECT 1 FROM pg_database WHERE datname = ?", "apihub")) {
                statement.execute("CREATE DATABASE apihub");
            }
            statement.execute("REVOKE ALL ON DATABASE apihub FROM PUBLIC");
            statement.execute("GRANT CONNECT ON DATABASE apihub TO " + String.join(", ", ROLES));
        }
    }

    private static boolean isMissing(Connection connection, String query, String name)
            throws SQLException {
        try (var statement = connection.prepareStatement(query)) {
            statement.setString(1, name);
            try (var rows = statement.executeQuery()) {
                return !rows.next();
            }
        }
    }
}
