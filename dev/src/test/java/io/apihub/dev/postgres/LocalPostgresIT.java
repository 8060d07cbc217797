package io.apihub.dev.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.dev.process.Await;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalPostgresIT {

    @Test
    void servicesMayConnectAndNothingElse() throws Exception {
        try (var postgres = LocalPostgres.temporary();
                var service =
                        DriverManager.getConnection(
                                postgres.jdbcUrl(), "apihub_billing", "apihub_billing");
                var statement = service.createStatement()) {
            assertThat(service.isValid(1)).isTrue();
            assertThatThrownBy(() -> statement.execute("CREATE SCHEMA mine"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("permission denied");
        }
    }

    @Test
    void theServerIsPostgres18() throws Exception {
        try (var postgres = LocalPostgres.temporary();
                var connection = postgres.connect()) {
            assertThat(connection.getMetaData().getDatabaseMajorVersion()).isEqualTo(18);
        }
    }

    @Test
    void dataSurvivesRestartsAndCrashes(@TempDir Path directory) throws Exception {
        try (var first = LocalPostgres.start(directory)) {
            execute(first, "CREATE TABLE kept AS SELECT 42 AS answer");
            first.process().kill();
            Await.until(
                    "the table after a crash",
                    Duration.ofSeconds(30),
                    () -> execute(first, "SELECT answer FROM kept"));
            assertThat(first.process().restarts()).isEqualTo(1);
        }

        try (var second = LocalPostgres.start(directory)) {
            assertThat(execute(second, "SELECT answer FROM kept")).isTrue();
        }
    }

    private static boolean execute(LocalPostgres postgres, String sql) throws SQLException {
        try (var connection = postgres.connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
            return true;
        }
    }
}
