package io.apihub.billing.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.RunningBilling;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RestIT {

    private static final TestDatabase DATABASE = TestDatabase.create();
    private static RunningBilling billing;

    @BeforeAll
    static void start() {
        billing = RunningBilling.on(DATABASE);
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @Test
    void grantsAreMadeOnce() {
        DATABASE.registry().tenant("once");
        var body = "{\"amount\": \"10.50\", \"reason\": \"trial\"}";

        var first = billing.post("/api/v1/tenants/once/grants", "k1", body);
        var second = billing.post("/api/v1/tenants/once/grants", "k1", body);

        assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
    }
}
