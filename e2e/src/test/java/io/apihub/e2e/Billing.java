package io.apihub.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.apihub.dev.process.Await;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/** Billing's REST API in the hands of an administrator. */
record Billing(URI url, Supplier<String> token) {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Gives a tenant credit, as soon as billing knows the tenant. */
    void grant(String tenant, String amount) {
        String once = UUID.randomUUID().toString();
        until(
                "billing to know " + tenant,
                () -> {
                    var answer =
                            admin().header("Idempotency-Key", once)
                                    .post(
                                            "/api/v1/tenants/" + tenant + "/grants",
                                            "{\"amount\":\"%s\",\"reason\":\"test\"}"
                                                    .formatted(amount));
                    if (answer.status() != 201) {
                        throw new IllegalStateException(answer.toString());
                    }
                    return true;
                });
    }

    JsonNode balance(String tenant) {
        return get("/api/v1/tenants/" + tenant + "/balance");
    }

    long balanceMicros(String tenant) {
        return Long.parseLong(balance(tenant).path("balanceMicros").asText());
    }

    /** All usage rows of a tenant, newest first. */
    List<JsonNode> usage(String tenant) {
        return all("/api/v1/usage?tenant=" + tenant + "&limit=500");
    }

    /** All movements of a tenant's account, newest first. */
    List<JsonNode> ledger(String tenant) {
        return all("/api/v1/tenants/" + tenant + "/ledger?limit=500");
    }

    /** Waits until exactly {@code count} requests of a tenant are booked, and gives their rows. */
    List<JsonNode> awaitUsage(String tenant, int count) {
        until(count + " usage rows of " + tenant, () -> usage(tenant).size() >= count);
        var rows = usage(tenant);
        if (rows.size() != count) {
            throw new AssertionError("wanted " + count + " rows of " + tenant + ": " + rows);
        }
        return rows;
    }

    private List<JsonNode> all(String path) {
        var items = new ArrayList<JsonNode>();
        JsonNode page = get(path);
        page.path("items").forEach(items::add);
        while (page.hasNonNull("nextCursor")) {
            page = get(path + (path.contains("?") ? "&" : "?") + "cursor=" + cursor(page));
            page.path("items").forEach(items::add);
        }
        return items;
    }

    private static String cursor(JsonNode page) {
        return page.path("nextCursor").asText();
    }

    private JsonNode get(String path) {
        var answer = admin().get(path);
        if (answer.status() != 200) {
            throw new IllegalStateException(path + ": " + answer);
        }
        return answer.json();
    }

    private Http admin() {
        return Http.to(url).bearer(token.get());
    }

    /** Waits for something; a failed assertion means "not yet", too. */
    static void until(String what, Await.Question question) {
        try {
            Await.until(what, LIMIT, () -> asks(question));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean asks(Await.Question question) throws Exception {
        try {
            return question.isTrue();
        } catch (AssertionError e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }
}
