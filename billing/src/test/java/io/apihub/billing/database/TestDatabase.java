package io.apihub.billing.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.apihub.billing.settings.DatabaseLogin;
import io.apihub.billing.settings.Settings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.jdbc.core.JdbcTemplate;

/** A fresh, migrated database in a Postgres that all tests of this JVM share. */
public final class TestDatabase {

    private static final AtomicInteger COUNT = new AtomicInteger();

    /** Not started where only another process's database is used. */
    private static final class Running {
        private static final EmbeddedPostgres POSTGRES = start();
    }

    /** Made when the first test wants a copy. */
    private static final class Template {
        private static final String NAME = migrated();

        private static String migrated() {
            var database = empty();
            database.createRegistry();
            Migration.run(database.settings);
            // Of a database that somebody is connected to there are no copies.
            database.disconnect();
            var url = database.settings.jdbcUrl();
            return url.substring(url.lastIndexOf('/') + 1);
        }
    }

    /** A statement each on a connection of its own costs more than the statement, many times. */
    private static final int CONNECTIONS = 40;

    private final Settings.Database settings;
    private final Map<DatabaseLogin, HikariDataSource> pools = new ConcurrentHashMap<>();

    private TestDatabase(Settings.Database settings) {
        this.settings = settings;
    }

    private static EmbeddedPostgres start() {
        try {
            var postgres = server().setServerConfig("max_connections", "200").start();
            var admin = new JdbcTemplate(postgres.getPostgresDatabase());
            admin.execute("CREATE ROLE apihub_operator LOGIN PASSWORD 'apihub_operator'");
            admin.execute("CREATE ROLE apihub_billing LOGIN PASSWORD 'apihub_billing'");
            return postgres;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For a test that changes what all databases of a server share. */
    static EmbeddedPostgres.Builder server() {
        return EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setPgBinaryResolver((system, machine) -> archive());
    }

    /** Once packaged, dev's jar brings the archive a second time, and the library won't choose. */
    private static InputStream archive() {
        return Objects.requireNonNull(
                TestDatabase.class.getResourceAsStream("/postgres-linux-x86_64.txz"));
    }

    /** A database with both schemas: a copy of one that was migrated once. */
    public static TestDatabase create() {
        return named(" TEMPLATE " + Template.NAME);
    }

    /** A database with nothing in it. */
    public static TestDatabase empty() {
        return named("");
    }

    private static TestDatabase named(String options) {
        var name = "apihub_" + COUNT.incrementAndGet();
        new JdbcTemplate(Running.POSTGRES.getPostgresDatabase())
                .execute("CREATE DATABASE " + name + options);
        return at("jdbc:postgresql://localhost:" + Running.POSTGRES.getPort() + "/" + name);
    }

    /** One that another process made. */
    public static TestDatabase at(String jdbcUrl) {
        return new TestDatabase(
                new Settings.Database(
                        jdbcUrl,
                        new DatabaseLogin("apihub_billing", "apihub_billing"),
                        new DatabaseLogin("postgres", "postgres")));
    }

    public Settings.Database settings() {
        return settings;
    }

    /** Makes the operator's schema. */
    public void createRegistry() {
        RegistryFixture.create(admin());
    }

    /** As the role of the service. */
    public JdbcTemplate service() {
        return new JdbcTemplate(dataSource(settings.service()));
    }

    /** As the owner of everything. */
    public JdbcTemplate admin() {
        return new JdbcTemplate(dataSource(settings.migration()));
    }

    public RegistryFixture registry() {
        return new RegistryFixture(admin());
    }

    private HikariDataSource dataSource(DatabaseLogin login) {
        return pools.computeIfAbsent(login, this::pool);
    }

    private HikariDataSource pool(DatabaseLogin login) {
        var config = new HikariConfig();
        config.setJdbcUrl(settings.jdbcUrl());
        config.setUsername(login.user());
        config.setPassword(login.password());
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(0);
        config.setIdleTimeout(Duration.ofSeconds(10).toMillis());
        // One that is away now is for the statement to find out.
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }

    private void disconnect() {
        pools.values().forEach(HikariDataSource::close);
        pools.clear();
    }
}
