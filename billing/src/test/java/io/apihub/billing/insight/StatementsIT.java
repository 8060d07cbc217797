package io.apihub.billing.insight;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.CountedStatements;
import io.apihub.billing.testing.Records;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.UsageFeed;
import io.apihub.usage.v1.UsageRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many statements an endpoint takes: a fixed number, however many rows it shows. */
class StatementsIT {

    static {
        System.setProperty(CountedStatements.PROPERTY, "true");
    }

    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final RunningBilling BILLING = RunningBilling.on(DATABASE);

    @BeforeAll
    static void oneTenantWithLittleAndOneWithMuch() {
        long book = DATABASE.registry().priceBook(1_000_000, 2_000_000, "2025-01-01T00:00:00Z");
        use("little", 1, book);
        use("much", 30, book);
    }

    /** So many keys, each with a record of a model of its own. */
    private static void use(String name, int keys, long book) {
        var tenant = DATABASE.registry().tenant(name);
        var records = new ArrayList<UsageRecord>();
        for (int i = 0; i < keys; i++) {
            var key = DATABASE.registry().key(tenant, name + "-key-" + i, "%010d".formatted(i));
            var of = new Records(tenant, UUID.randomUUID(), book).key(key).model("model-" + i);
            var hold = of.holdAt(Instant.now().minusSeconds(60L * i), 0).setUnmetered(true).build();
            records.add(Records.measured(hold, 10, 5));
            BILLING.post(
                    "/api/v1/tenants/" + name + "/grants",
                    UUID.randomUUID().toString(),
                    "{\"amount\": \"1\", \"reason\": \"test\"}");
        }
        UsageFeed.report(BILLING, records);
    }

    @AfterAll
    static void stop() {
        BILLING.close();
        System.clearProperty(CountedStatements.PROPERTY);
    }

    @ParameterizedTest
    @CsvSource({
        "/balance, 4",
        "/ledger, 4",
        "/limits, 5",
        "/refusals, 4",
        "/usage, 6",
        "/usage/aggregates?bucket=minute, 5",
        "/usage/aggregates?bucket=day, 5",
        "/usage/top, 5",
        "/usage/latency, 4",
        "/usage/errors, 4",
        "/usage/export, 6",
    })
    void theNumberIsFixed(String path, int most) {
        int little = statements("/api/v1/tenants/little" + path);
        int much = statements("/api/v1/tenants/much" + path);

        assertThat(little).as("statements for few rows").isBetween(1, most);
        assertThat(much).as("statements for many rows").isEqualTo(little);
    }

    @ParameterizedTest
    @CsvSource({"/api/v1/usage, 4", "/api/v1/usage/aggregates, 4", "/api/v1/models, 3"})
    void administratorsListsToo(String path, int most) {
        assertThat(statements(path)).isBetween(1, most);
    }

    private static int statements(String path) {
        CountedStatements.taken();
        var response = BILLING.get(path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return CountedStatements.taken();
    }
}
