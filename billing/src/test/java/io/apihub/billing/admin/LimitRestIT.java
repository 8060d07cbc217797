package io.apihub.billing.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.grpc.WireIds;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.policy.v1.Limit;
import io.apihub.policy.v1.Quota;
import org.junit.jupiter.api.Test;

class LimitRestIT {

    @Test
    void limitsAndRefusalsAreTold() {
        var database = TestDatabase.create();
        var tenant = database.registry().tenant("acme");
        database.registry()
                .quota(
                        Quota.newBuilder()
                                .setTenantId(WireIds.bytes(tenant))
                                .setNamespace("acme")
                                .setName("q")
                                .setPer(Quota.Per.PER_TARGET)
                                .setMode(Quota.Mode.MODE_ENFORCE)
                                .addLimits(
                                        Limit.newBuilder()
                                                .setName("daily")
                                                .setMetric(Limit.Metric.METRIC_INPUT_TOKENS)
                                                .setWindow(Limit.Window.WINDOW_DAY)
                                                .setAmount(7))
                                .build());
        try (var billing = RunningBilling.on(database)) {
            var limits = RunningBilling.json(billing.get("/api/v1/tenants/acme/limits"));
            var item = limits.get("items").get(0);
            assertThat(item.get("label").asString()).isEqualTo("q/daily");
            assertThat(item.get("metric").asString()).isEqualTo("InputTokens");
            assertThat(item.get("remaining").asString()).isEqualTo("7");
            assertThat(item.get("state").asString()).isEqualTo("ok");

            database.admin()
                    .update(
                            "INSERT INTO billing.refusal VALUES (?, now(), ?, 'm', 'd',"
                                    + " 'limit_reached', 'q/daily', 3)",
                            tenant,
                            tenant);
            var refusals = RunningBilling.json(billing.get("/api/v1/tenants/acme/refusals"));
            assertThat(refusals.get("items").get(0).get("requests").asLong()).isEqualTo(3);
            assertThat(billing.get("/api/v1/tenants/acme/refusals?from=x").statusCode())
                    .isEqualTo(400);
        }
    }
}
