package io.apihub.dev.smoke;

import com.fasterxml.jackson.databind.JsonNode;
import io.apihub.dev.process.Await;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Adds everything up again from the model server's log and compares it with usage and ledger. */
final class Reconciling {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Scene scene;

    Reconciling(Scene scene) {
        this.scene = scene;
    }

    void run(Steps steps) throws InterruptedException {
        steps.step("usage, ledger and balance agree", this::reconciled);
        steps.step("kubectl delete leaves the ledger", this::deleted);
    }

    private String reconciled() throws Exception {
        var served = new ServedLines(scene.stack().servedLog()).all();
        Await.until(
                "a usage record of each of %d requests".formatted(served.size()),
                PATIENCE,
                () -> scene.usage().size() >= served.size());
        var records = scene.usage();
        Failure.unlessEqual("usage records", served.size(), records.size());
        var due = due(served);
        var charged = sum(records, "cost");
        Failure.unless(
                due.compareTo(charged) == 0,
                "the usage costs %s, the model server's log %s".formatted(charged, due));
        return settled(Scene.TENANT, due);
    }

    private static BigDecimal due(Map<String, JsonNode> served) {
        return served.values().stream()
                .map(line -> Book.cost(modelOf(line), Tokens.served(line)))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** The model server knows models by their upstream names. */
    private static String modelOf(JsonNode line) {
        return line.path("model").asText().equals("direct") ? Scene.DIRECT_MODEL : "demo-gpt";
    }

    private static BigDecimal sum(List<JsonNode> records, String field) {
        return records.stream()
                .map(record -> new BigDecimal(record.path(field).asText()))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** The ledger's movements and the balance say what is due, to the micro-unit. */
    private String settled(String tenant, BigDecimal due) throws Exception {
        var expected = new BigDecimal(Scene.GRANT).subtract(due);
        var balance =
                new BigDecimal(
                        scene.billing()
                                .get("/api/v1/tenants/" + tenant + "/balance")
                                .path("balance")
                                .asText());
        var movements = sum(ledger(tenant), "amount");
        Failure.unless(
                expected.compareTo(balance) == 0 && expected.compareTo(movements) == 0,
                "%s - %s = %s is due, but the balance is %s and the ledger's sum %s"
                        .formatted(Scene.GRANT, due, expected, balance, movements));
        return "%s - %s = %s".formatted(Scene.GRANT, due, balance);
    }

    private List<JsonNode> ledger(String tenant) throws IOException, InterruptedException {
        var movements = new ArrayList<JsonNode>();
        var path = "/api/v1/tenants/" + tenant + "/ledger?limit=500";
        var page = scene.billing().get(path);
        page.path("items").forEach(movements::add);
        while (page.hasNonNull("nextCursor")) {
            page = scene.billing().get(path + "&cursor=" + page.path("nextCursor").asText());
            page.path("items").forEach(movements::add);
        }
        return movements;
    }

    private String deleted() throws Exception {
        var before = scene.billing().get("/api/v1/tenants/" + Scene.TENANT + "/balance");
        var id = before.path("tenantId").asText();
        int movements = ledger(id).size();
        scene.kubectl().run("", "delete", "apikeys,quotas", "--all", "-n", Scene.TENANT);
        scene.kubectl().run("", "delete", "tenant", Scene.TENANT, "--timeout=30s");
        var after = scene.billing().get("/api/v1/tenants/" + id + "/balance");
        Failure.unlessEqual("balance", before.path("balanceMicros"), after.path("balanceMicros"));
        Failure.unlessEqual("movements", movements, ledger(id).size());
        return "%d movements, balance %s".formatted(movements, after.path("balance").asText());
    }
}
