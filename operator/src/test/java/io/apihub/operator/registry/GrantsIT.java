package io.apihub.operator.registry;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GrantsIT {

    private static RegistryHarness harness;

    @BeforeAll
    static void startPostgres() throws Exception {
        harness = new RegistryHarness();
    }

    @AfterAll
    static void stopPostgres() throws Exception {
        harness.close();
    }

    @Test
    void billingReadsWhatBillsRestOn() throws SQLException {
        for (var table :
                List.of("head", "tenant", "api_key", "quota", "model", "price_book", "price")) {
            run(harness.billing(), "SELECT * FROM registry." + table);
            mayNot(harness.billing(), "DELETE FROM registry." + table);
        }
        mayNot(harness.billing(), "SELECT * FROM registry.retired_digest");
        mayNot(harness.billing(), "SELECT * FROM registry.gateway_session");
        mayNot(harness.billing(), "UPDATE registry.tenant SET suspended = false");
    }

    @Test
    void theOperatorCanNotRewriteHistory() {
        mayNot(harness.operator(), "UPDATE registry.price SET input = 0");
        mayNot(harness.operator(), "UPDATE registry.price_book SET currency = 'USD'");
        mayNot(harness.operator(), "DELETE FROM registry.retired_digest");
        mayNot(harness.operator(), "DELETE FROM registry.api_key");
        mayNot(harness.operator(), "CREATE TABLE registry.more (id int)");
    }

    private static void mayNot(DataSource role, String sql) {
        assertThatThrownBy(() -> run(role, sql)).hasMessageContaining("permission denied");
    }

    private static void run(DataSource role, String sql) throws SQLException {
        try (var connection = role.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
