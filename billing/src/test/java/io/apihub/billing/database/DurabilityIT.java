package io.apihub.billing.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.settings.Settings;
import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.TestSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.replication.LogSequenceNumber;
import org.springframework.jdbc.core.JdbcTemplate;

/** On a Postgres of its own, whose commits may wait for a standby. Nothing commits here. */
class DurabilityIT {

    private static EmbeddedPostgres postgres;
    private static JdbcTemplate sql;

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

    private static EmbeddedPostgres start() {
        try {
            return TestDatabase.server().setServerConfig("synchronous_commit", "on").start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeAll
    static void open() {
        postgres = start();
        sql = new JdbcTemplate(postgres.getPostgresDatabase());
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    @AfterEach
    void nobodyIsWaitedFor() {
        waitFor("");
    }

    @Test
    void grantsWhileCommitsAreSynchronousAndNoLonger() {
        var many = durability(false);
        many.verify();
        assertThat(many.granting()).as("no standby").isFalse();

        waitFor("ANY 1 (*)");
        many.verify();
        assertThat(many.granting()).as("commits wait for one").isTrue();

        waitFor("");
        many.verify();
        assertThat(many.granting()).as("they wait no more").isFalse();
    }

    @Test
    void whereOnePostgresIsAllThereIsItGrantsAndSaysIfThatIsNotSo() throws SQLException {
        var one = durability(true);
        one.verify();
        assertThat(one.granting()).isTrue();
        assertThat(unsafe()).isZero();

        try (var standby = follow()) {
            assertThat(standby.isClosed()).isFalse();
            verifiedUntil(one, 1);

            waitFor("ANY 1 (*)");
            one.verify();
            assertThat(unsafe()).as("one that commits wait for").isZero();
            waitFor("");
        }
        verifiedUntil(one, 0);
        assertThat(one.granting()).isTrue();
    }

    /** Postgres shows who comes and goes a moment later. */
    private void verifiedUntil(Durability durability, int standbys) {
        Poll.until(
                Duration.ofSeconds(30),
                () -> {
                    durability.verify();
                    return unsafe() == standbys;
                });
    }

    private double unsafe() {
        return metrics.get("apihub_billing_unsafe_standbys").gauge().value();
    }

    private static void waitFor(String standbys) {
        sql.execute("ALTER SYSTEM SET synchronous_standby_names = '" + standbys + "'");
        sql.execute("SELECT pg_reload_conf()");
        Poll.until(
                Duration.ofSeconds(30),
                () ->
                        standbys.equals(
                                sql.queryForObject(
                                        "SELECT current_setting('synchronous_standby_names')",
                                        String.class)));
    }

    /** As a standby does: reads the log from where it is now. */
    private static Connection follow() throws SQLException {
        var properties = new Properties();
        PGProperty.USER.set(properties, "postgres");
        PGProperty.PASSWORD.set(properties, "postgres");
        PGProperty.REPLICATION.set(properties, "true");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "10");
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        var connection =
                DriverManager.getConnection(
                        "jdbc:postgresql://localhost:" + postgres.getPort() + "/", properties);
        var position = sql.queryForObject("SELECT pg_current_wal_lsn()::text", String.class);
        connection
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .physical()
                .withStartPosition(LogSequenceNumber.valueOf(Objects.requireNonNull(position)))
                .start();
        return connection;
    }

    private Durability durability(boolean singleInstance) {
        var settings =
                TestSettings.of(TestDatabase.at(postgres.getJdbcUrl("postgres", "postgres")));
        return new Durability(
                sql,
                new Settings(
                        settings.database(),
                        settings.listeners(),
                        settings.currency(),
                        settings.jwtKeyFile(),
                        settings.adminTokenFile(),
                        new Settings.Safety(singleInstance, Duration.ofMinutes(61)),
                        settings.kubernetes(),
                        settings.identity(),
                        settings.rates(),
                        settings.mail(),
                        settings.oidc(),
                        settings.payments(),
                        settings.webhooks()),
                metrics);
    }
}
