package io.apihub.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.TestSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Billing starts without what it needs, says what it waits for, and becomes ready by itself. */
class StartIT {

    @Test
    void itWaitsForTheOperatorsSchemaAndThenServes() {
        var database = TestDatabase.empty();
        try (var billing = RunningBilling.with(TestSettings.of(database))) {
            Poll.until(
                    Duration.ofSeconds(20),
                    () -> billing.readiness().body().contains("schema 'registry'"));
            assertThat(billing.readiness().statusCode()).isEqualTo(503);
            assertThat(billing.management("/livez").statusCode()).isEqualTo(200);
            assertThat(billing.grpcPort()).as("gateways find nobody yet").isZero();
            var refused = billing.get("/api/v1/usage");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("urn:apihub:problem:unavailable");

            database.createRegistry();

            billing.awaitReady();
            assertThat(billing.get("/api/v1/usage").statusCode()).isEqualTo(200);
            Poll.until(Duration.ofSeconds(60), () -> billing.grpcPort() > 0);
            assertThat(
                            database.service()
                                    .queryForObject(
                                            "SELECT count(*) FROM pg_inherits WHERE inhparent ="
                                                    + " 'billing.usage'::regclass",
                                            Long.class))
                    .as("partitions of the coming days, and the default one")
                    .isEqualTo(5);
        }
    }

    @Test
    void itStartsWithoutPostgresAndSaysSo() {
        var settings = TestSettings.unreachable();
        try (var billing = RunningBilling.with(settings)) {
            assertThat(billing.readiness().statusCode()).isEqualTo(503);
            Poll.until(
                    Duration.ofSeconds(20),
                    () -> billing.readiness().body().contains("waiting for Postgres at jdbc:"));
        }
    }
}
