package io.apihub.dev.smoke;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apihub.dev.process.Await;
import io.apihub.dev.stack.Demo;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** Somebody buys a plan at the platform's page, has its credit, and may ask as often as it says. */
final class Subscribing {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PLAN = "smoke-pro";
    private static final String PRICE = "0.60";
    private static final String CREDIT = "0.75";

    /** Of the example's templates, with what it says of requests in a minute. */
    private static final String TEMPLATE = "plan-pro";

    private static final String REQUESTS = "3000";

    private final Scene scene;
    private final Person person;
    private final String tenant;
    private final String key;

    /** With a key of the tenant. */
    Subscribing(Scene scene, Person person, String tenant, String key) {
        this.scene = scene;
        this.person = person;
        this.tenant = tenant;
        this.key = key;
    }

    String bought() throws Exception {
        scene.billing().plan(PLAN, PRICE, CREDIT, TEMPLATE, "smoke-plan");
        Paying.pay(URI.create(ordered().path("payUrl").asText()));
        var paid = Await.until("the plan", PATIENCE, () -> state().equals("ACTIVE"));
        var credit = person.get(path("/expiring-credit")).path("items").path(0);
        Failure.unlessEqual("credit of the plan", CREDIT, credit.path("amount").asText());
        var applied =
                Await.until("the plan's limits at a gateway", PATIENCE, () -> limitIs(REQUESTS));
        Failure.unless(
                person.get(path("/subscription")).path("applied").asBoolean(),
                "the plan is in force, and said not to be");
        return "bought after %d ms, %s of credit, %s requests a minute after %d ms"
                .formatted(paid.toMillis(), CREDIT, REQUESTS, applied.toMillis());
    }

    private String path(String rest) {
        return "/api/v1/tenants/" + tenant + rest;
    }

    private JsonNode ordered() throws IOException, InterruptedException {
        var provider = person.get("/api/v1/topup-options").path("providers").path(0);
        var wish =
                JSON.createObjectNode()
                        .put("action", "BUY")
                        .put("plan", PLAN)
                        .put("provider", provider.path("name").asText())
                        .put("type", provider.path("types").path(0).asText());
        return person.post(path("/subscription/orders"), wish, 201);
    }

    private String state() throws IOException, InterruptedException {
        var path = path("/subscription");
        return person.status(path) == 200 ? person.get(path).path("state").asText() : "";
    }

    private boolean limitIs(String requests) throws IOException, InterruptedException {
        var answer = scene.gateway().ask(Ask.chat(false), Demo.MODEL, "[[words=1]] hi", key);
        return answer.headers()
                .firstValue("x-ratelimit-limit-requests")
                .filter(requests::equals)
                .isPresent();
    }
}
