package io.apihub.billing.insight;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.CountedStatements;
import io.apihub.billing.testing.Records;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.UsageFeed;
import io.apihub.usage.v1.UsageRecord;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** How many statements an endpoint takes: a fixed number, however many rows it shows. */
class StatementsIT {

    private static TestDatabase database;
    private static RunningBilling billing;

    /** More than any list takes statements. */
    private static final int ROWS = 10;

    @BeforeAll
    static void oneTenantWithLittleAndOneWithMuch() {
        System.setProperty(CountedStatements.PROPERTY, "true");
        database = TestDatabase.create();
        billing = RunningBilling.on(database);
        long book = database.registry().priceBook(1_000_000, 2_000_000, "2025-01-01T00:00:00Z");
        use("little", 1, book);
        use("much", 30, book);
    }

    /** So many keys, each with a record of a model of its own. */
    private static void use(String name, int keys, long book) {
        var tenant = database.registry().tenant(name);
        var records = new ArrayList<UsageRecord>();
        for (int i = 0; i < keys; i++) {
            var key = database.registry().key(tenant, name + "-key-" + i, "%010d".formatted(i));
            var of = new Records(tenant, UUID.randomUUID(), book).key(key).model("model-" + i);
            var hold = of.holdAt(Instant.now().minusSeconds(60L * i), 0).setUnmetered(true).build();
            records.add(Records.measured(hold, 10, 5));
            billing.post(
                    "/api/v1/tenants/" + name + "/grants",
                    UUID.randomUUID().toString(),
                    "{\"amount\": \"1\", \"reason\": \"test\"}");
        }
        UsageFeed.report(billing, records);
    }

    @AfterAll
    static void stop() {
        billing.close();
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
        "/usage/latency, 5",
        "/usage/errors, 4",
        "/usage/export, 6",
    })
    void theNumberIsFixed(String path, int most) {
        int little = statements("/api/v1/tenants/little" + path);
        int much = statements("/api/v1/tenants/much" + path);

        assertThat(little).as("statements for few rows").isBetween(1, most);
        assertThat(much).as("statements for many rows").isEqualTo(little);
    }

    /** What has few rows whatever happens, or is counted above or where it can be made. */
    private static final Set<String> FEW =
            Set.of(
                    "/api/v1/code-batches/{id}/uses",
                    "/api/v1/plans/{plan}/versions",
                    "/api/v1/suspense",
                    "/api/v1/tenants/{tenant}/expiring-credit",
                    "/api/v1/tenants/{tenant}/limits",
                    "/api/v1/tenants/{tenant}/notices",
                    "/api/v1/tenants/{tenant}/refusals",
                    "/api/v1/tenants/{tenant}/statements",
                    "/api/v1/tenants/{tenant}/usage/errors",
                    "/api/v1/upstreams");

    /** Every GET of the OpenAPI document, so that a new one can't be forgotten. */
    @Test
    void nothingIsAskedForEachRow() {
        var crowd = new Crowd(billing, database, ROWS);
        var paths = RunningBilling.json(billing.get("/api/openapi")).get("paths");
        int seen = 0;
        for (var path : paths.propertyNames()) {
            var asked = crowd.path(path);
            if (!paths.get(path).has("get") || asked.contains("{") || path.endsWith("/events")) {
                continue;
            }
            CountedStatements.taken();
            var answer = crowd.get(asked);
            int statements = CountedStatements.taken();
            assertThat(answer.statusCode()).as(path).isNotEqualTo(500);
            assertThat(statements).as("statements of " + path).isLessThan(ROWS);
            var items = answer.statusCode() == 200 ? items(answer) : null;
            if (items == null) {
                continue;
            }
            seen++;
            if (!FEW.contains(path)) {
                assertThat(items.size()).as("rows of " + path).isGreaterThanOrEqualTo(ROWS);
            }
        }
        assertThat(seen).isGreaterThan(30);
    }

    private static @Nullable JsonNode items(HttpResponse<String> answer) {
        boolean json =
                answer.headers()
                        .firstValue("Content-Type")
                        .orElse("")
                        .startsWith("application/json");
        return json && answer.body().startsWith("{")
                ? RunningBilling.json(answer).get("items")
                : null;
    }

    @ParameterizedTest
    // The newest of all tenants are looked for in spans, each up to eight times as long as the
    // last.
    @CsvSource({"/api/v1/usage, 10", "/api/v1/usage/aggregates, 4", "/api/v1/models, 3"})
    void administratorsListsToo(String path, int most) {
        assertThat(statements(path)).isBetween(1, most);
    }

    private static int statements(String path) {
        CountedStatements.taken();
        var response = billing.get(path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return CountedStatements.taken();
    }
}
