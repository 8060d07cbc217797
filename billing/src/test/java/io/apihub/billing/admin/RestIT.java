package io.apihub.billing.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.model.money.Credits;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** REST over HTTP: who may, what is refused and how, grants, balances, ledger. */
class RestIT {

    private static TestDatabase database;
    private static RunningBilling billing;

    private final String name = "t-" + UUID.randomUUID();
    private final UUID tenant;

    RestIT() {
        tenant = database.registry().tenant(name);
    }

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        billing = RunningBilling.on(database);
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/usage",
                "/api/v1/usage/aggregates",
                "/api/v1/tenants/x/balance",
                "/api/v1/tenants/x/ledger",
                "/api/v1/prices",
                "/api/v1/models",
                "/api/v1/nothing",
                "/nothing"
            })
    void withoutATokenNothingIsShown(String path) {
        for (var token : new String[] {"", "Bearer ", "Bearer x.y.z", "Basic YTpi", "bearer"}) {
            var request = billing.request(path);
            if (!token.isEmpty()) {
                request.header("Authorization", token);
            }
            var response = billing.send(request);

            assertProblem(response, 401, "unauthenticated");
            assertThat(response.headers().firstValue("WWW-Authenticate")).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/.well-known/jwks.json", "/api/openapi", "/docs/swagger-ui/index.html"})
    void documentationAndKeysAreOpen(String path) {
        assertThat(billing.send(billing.request(path)).statusCode()).isEqualTo(200);
    }

    @Test
    void theShortPathOfTheDocumentationLeadsToIt() {
        var response = billing.send(billing.request("/docs"));

        assertThat(response.statusCode()).isEqualTo(302);
        assertThat(response.headers().firstValue("Location")).contains("/docs/ui");
    }

    @Test
    void aGrantIsMadeOnceForEachKey() {
        var first = grant("k1", "10.50", "trial");
        var again = grant("k1", "10.50", "trial");
        var another = grant("k2", "10.50", "trial");

        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(again.statusCode()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.headers().firstValue("Idempotency-Replayed")).contains("true");
        assertThat(another.body()).isNotEqualTo(first.body());
        assertThat(text(first, "amount")).isEqualTo("10.5");
        assertThat(text(first, "balanceMicros")).isEqualTo("10500000");
        assertThat(text(get("/balance"), "balance")).isEqualTo("21");
        assertThat(text(get("/balance"), "availableMicros")).isEqualTo("21000000");
    }

    @Test
    void aKeyThatStoodForAnotherRequestIsRefused() {
        grant("same", "1", "trial");

        assertProblem(grant("same", "2", "trial"), 422, "idempotency-key-reused");
        assertThat(text(get("/balance"), "balance")).isEqualTo("1");
    }

    @Test
    void copiesOfOneRequestAtTheSameTimeGrantOnce() throws Exception {
        var copies = new ArrayList<Callable<HttpResponse<String>>>();
        for (int i = 0; i < 12; i++) {
            copies.add(() -> grant("storm", "3", "trial"));
        }

        try (var executor = Executors.newFixedThreadPool(12)) {
            for (var done : executor.invokeAll(copies)) {
                assertThat(done.get().statusCode()).isEqualTo(201);
            }
        }

        assertThat(text(get("/balance"), "balance")).isEqualTo("3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "amount | {\"reason\": \"r\"}",
                "amount | {\"amount\": null, \"reason\": \"r\"}",
                "amount | {\"amount\": \"0\", \"reason\": \"r\"}",
                "amount | {\"amount\": \"-1\", \"reason\": \"r\"}",
                "amount | {\"amount\": \"1e3\", \"reason\": \"r\"}",
                "amount | {\"amount\": \"1.0000001\", \"reason\": \"r\"}",
                "amount | {\"amount\": \"9999999999999\", \"reason\": \"r\"}",
                "amount | {\"amount\": \" 1\", \"reason\": \"r\"}",
                "amount | {\"amount\": [1], \"reason\": \"r\"}",
                "reason | {\"amount\": \"1\"}",
                "reason | {\"amount\": \"1\", \"reason\": \"  \"}",
                "balance | {\"amount\": \"1\", \"reason\": \"r\", \"balance\": \"1000\"}",
            })
    void aGrantWithAWrongFieldIsRefusedByTheFieldsName(String field, String body) {
        var response = billing.post(path("/grants"), UUID.randomUUID().toString(), body);

        var problem = assertProblem(response, 400, "invalid-field");
        assertThat(problem.get("field").asString()).isEqualTo(field);
        assertThat(text(get("/balance"), "balance")).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "\"x\"", "{\"amount\": \"1\",}"})
    void whatIsNoJsonObjectIsRefused(String body) {
        var response = billing.post(path("/grants"), "key", body);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(response.body()).contains("urn:apihub:problem:");
    }

    @Test
    void aGrantNeedsAKey() {
        var response =
                billing.post(path("/grants"), null, "{\"amount\": \"1\", \"reason\": \"r\"}");

        assertThat(assertProblem(response, 400, "invalid-field").get("field").asString())
                .isEqualTo("Idempotency-Key");
        assertProblem(grant("k".repeat(201), "1", "r"), 400, "invalid-field");
    }

    @Test
    void anAmountAsANumberIsTakenWithoutLosingDigits() {
        var response =
                billing.post(path("/grants"), "n", "{\"amount\": 0.000001, \"reason\": \"r\"}");

        assertThat(response.statusCode()).isIn(201, 400);
        var micros = text(get("/balance"), "balanceMicros");
        assertThat(micros).isEqualTo(response.statusCode() == 201 ? "1" : "0");
    }

    @Test
    void theFrameworksOwnRefusalsAreProblemsToo() {
        var wrongMethod =
                billing.send(
                        billing.request(path("/balance"))
                                .header("Authorization", "Bearer " + billing.token())
                                .DELETE());
        var wrongType =
                billing.send(
                        billing.request(path("/grants"))
                                .header("Authorization", "Bearer " + billing.token())
                                .header("Idempotency-Key", "x")
                                .header("Content-Type", "text/plain")
                                .POST(BodyPublishers.ofString("amount=1")));

        assertProblem(wrongMethod, 405, "http-405");
        assertProblem(wrongType, 415, "http-415");
        assertProblem(billing.get("/api/v1/nothing"), 404, "not-found");
        assertProblem(billing.get("/api/v1/tenants/nobody/balance"), 404, "not-found");
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v1/usage?tennant=x, tennant",
        "/api/v1/usage?limit=0, limit",
        "/api/v1/usage?limit=501, limit",
        "/api/v1/usage?limit=many, limit",
        "/api/v1/usage?cursor=%25%25, cursor",
        "/api/v1/tenants?cursor=AA, cursor",
        "/api/v1/plans?cursor=AA, cursor",
        "/api/v1/usage?from=yesterday, from",
        "/api/v1/usage?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z, to",
        "/api/v1/usage?key=short, key",
        "/api/v1/usage?model=a&model=b, model",
        "/api/v1/usage/aggregates?bucket=year, bucket",
        "/api/v1/usage/aggregates?groupBy=colour, groupBy",
        "/api/v1/usage/aggregates?timeZone=Mars/Olympus, timeZone",
        "/api/v1/usage/aggregates?timeZone=%2B08:00, timeZone",
        "/api/v1/prices?x=1, x"
    })
    void aWrongParameterIsRefusedByItsName(String path, String parameter) {
        var problem = assertProblem(billing.get(path), 400, "invalid-field");

        assertThat(problem.get("field").asString()).isEqualTo(parameter);
        assertThat(problem.get("detail").asString()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/api/v1/usage?model=%FF", "/api/v1/usage?model=%zz", "/api/v1/usage?%00=x"})
    void aParameterThatCannotBeReadIsMalformed(String path) throws IOException {
        assertThat(statusLine(path)).contains(" 400 ");
    }

    /** By hand: no client of ours sends such a path. */
    private static String statusLine(String path) throws IOException {
        var uri = billing.request("/").build().uri();
        try (var socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(20_000);
            var request =
                    "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n"
                            .formatted(path, billing.token());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.lines().findFirst().orElse("");
        }
    }

    @Test
    void theLedgerIsPagedFromTheNewest() {
        for (int i = 1; i <= 5; i++) {
            grant("page" + i, String.valueOf(i), "grant " + i);
        }
        var seen = new ArrayList<String>();

        var cursor = "";
        do {
            var page = RunningBilling.json(get("/ledger?limit=2" + cursor));
            page.get("items").forEach(item -> seen.add(item.get("amount").asString()));
            cursor = page.has("nextCursor") ? "&cursor=" + page.get("nextCursor").asString() : "";
        } while (!cursor.isEmpty());

        assertThat(seen).containsExactly("5", "4", "3", "2", "1");
        var newest = RunningBilling.json(get("/ledger?limit=1")).get("items").get(0);
        assertThat(newest.get("kind").asString()).isEqualTo("grant");
        assertThat(newest.get("actor").asString()).isEqualTo("admin");
        assertThat(newest.get("reason").asString()).isEqualTo("grant 5");
    }

    @Test
    void aDeletedTenantIsReachedByIdAndItsNameBelongsToItsSuccessor() {
        grant("before", "7", "trial");
        database.registry().deleteTenant(tenant);
        assertProblem(get("/balance"), 404, "not-found");
        var successor = database.registry().tenant(name);

        var old = billing.get("/api/v1/tenants/" + tenant + "/balance");

        assertThat(text(old, "balance")).isEqualTo("7");
        assertThat(RunningBilling.json(old).get("deleted").asBoolean()).isTrue();
        assertThat(text(get("/balance"), "tenantId")).isEqualTo(successor.toString());
        assertThat(text(get("/balance"), "balance")).isEqualTo("0");
    }

    @Test
    void creditLimitAndLeasesCountInWhatIsAvailable() {
        var rich = database.registry().tenant("rich-" + name, "Postpaid", new Credits(5_000_000));

        var balance = RunningBilling.json(billing.get("/api/v1/tenants/" + rich + "/balance"));

        assertThat(balance.get("billingMode").asString()).isEqualTo("Postpaid");
        assertThat(balance.get("creditLimit").asString()).isEqualTo("5");
        assertThat(balance.get("available").asString()).isEqualTo("5");
    }

    @Test
    void theBookInForceAndTheModelsAreShown() {
        assertProblem(billing.get("/api/v1/prices"), 404, "not-found");
        database.registry().priceBook(17_500_000, 70_000_000, "2026-01-01T00:00:00Z");
        database.registry().priceBook(1, 1, "2999-01-01T00:00:00Z");
        database.registry().model("gpt-4o");

        var prices = RunningBilling.json(billing.get("/api/v1/prices"));
        var models = RunningBilling.json(billing.get("/api/v1/models"));

        assertThat(prices.get("prices").get(0).get("input").asString()).isEqualTo("17.5");
        assertThat(prices.get("prices").get(0).get("model").asString()).isEqualTo("*");
        assertThat(models.get("items").get(0).get("name").asString()).isEqualTo("gpt-4o");
        assertThat(models.get("items").get(0).get("contextTokens").asInt()).isEqualTo(128000);
    }

    @Test
    void noErrorShowsAStackTrace() {
        for (var path :
                Map.of("/api/v1/usage?limit=x", 400, "/api/v1/tenants/%00/balance", 400).keySet()) {
            assertThat(billing.get(path).body())
                    .doesNotContain("Exception", "at io.", "org.springframework", "SQL");
        }
    }

    @Test
    void metricsAndHealthAreOnTheirOwnPort() {
        assertThat(billing.management("/livez").statusCode()).isEqualTo(200);
        assertThat(billing.readiness().body()).isEqualTo("ready\n");
        assertThat(billing.management("/metrics").body()).contains("jvm_memory_used_bytes");
        assertThat(billing.management("/metrics/x").statusCode()).isEqualTo(404);
        assertThat(billing.get("/metrics").statusCode()).isEqualTo(404);
    }

    private HttpResponse<String> grant(String key, String amount, String reason) {
        return billing.post(
                path("/grants"),
                key.length() > 200 ? key : name + key,
                "{\"amount\": \"" + amount + "\", \"reason\": \"" + reason + "\"}");
    }

    private HttpResponse<String> get(String path) {
        return billing.get(path(path));
    }

    private String path(String path) {
        return "/api/v1/tenants/" + name + path;
    }

    private static String text(HttpResponse<String> response, String field) {
        return RunningBilling.json(response).get(field).asString();
    }

    private static JsonNode assertProblem(HttpResponse<String> response, int status, String slug) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type").orElse(""))
                .startsWith("application/problem+json");
        var problem = RunningBilling.json(response);
        assertThat(problem.get("type").asString()).isEqualTo("urn:apihub:problem:" + slug);
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("title").asString()).isNotBlank();
        return problem;
    }
}
