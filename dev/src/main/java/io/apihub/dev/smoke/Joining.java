package io.apihub.dev.smoke;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apihub.dev.process.Await;
import io.apihub.dev.stack.Demo;
import io.apihub.model.key.ApiKeySecret;
import java.math.BigDecimal;
import java.security.SecureRandom;
import java.time.Duration;

/**
 * Somebody registers, makes a key without a word of Kubernetes, is given credit, asks a model, sees
 * usage and balance as they change, pays, and buys a plan.
 */
final class Joining {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TENANT = "newcomer";
    private static final String PASSWORD = "a staple in the orchard 7";
    private static final String CREDIT = "1";

    private final Scene scene;
    private final Person person;
    private final ApiKeySecret secret = ApiKeySecret.mint(new SecureRandom());

    Joining(Scene scene, Person person) {
        this.scene = scene;
        this.person = person;
    }

    void run(Steps steps) throws InterruptedException {
        steps.step("register", this::registered);
        steps.step("log in", this::loggedIn);
        steps.step("a key through /k8s", this::keyMade);
        steps.step("usage and balance live", this::seenLive);
        steps.step("top up at the platform's page", () -> new Paying(person, TENANT).paid());
        new Spending(scene, person, TENANT, secret.reveal()).run(steps);
        steps.step(
                "a plan at the platform's page",
                () -> new Subscribing(scene, person, TENANT, secret.reveal()).bought());
        steps.step("another's tenant is not there", this::strangersKeptOut);
        steps.step("log out", this::loggedOut);
    }

    private String registered() throws Exception {
        var answer =
                person.post(
                        "/api/v1/registration",
                        object("email", "newcomer@example.com")
                                .put("password", PASSWORD)
                                .put("displayName", "New Comer")
                                .put("tenantName", TENANT),
                        201);
        return "tenant " + answer.path("tenantName").asText();
    }

    private String loggedIn() throws Exception {
        var credentials = object("email", "newcomer@example.com").put("password", PASSWORD);
        person.post("/api/v1/session", credentials, 200);
        Await.until(
                "the registration to be done",
                PATIENCE,
                () -> person.get("/api/v1/me/registration").path("state").asText().equals("DONE"));
        var tenant = person.get("/api/v1/session").path("tenants").path(0);
        Failure.unlessEqual("tenant", TENANT, tenant.path("name").asText());
        return "%s of %s".formatted(tenant.path("role").asText(), TENANT);
    }

    private String keyMade() throws Exception {
        // The template of the demo prefixes the namespaces of those who register.
        var keys = "/k8s/apis/apihub.io/v1alpha1/namespaces/tenant-" + TENANT + "/apikeys";
        var key = JSON.createObjectNode();
        key.putObject("metadata").put("name", "laptop");
        key.putObject("spec")
                .put("displayName", "my laptop")
                .put("keyId", secret.id().toString())
                .put("keyHash", secret.digest(TENANT).toString());
        person.post(keys, key, 201);
        var took =
                Await.until(
                        "the key to be in force",
                        PATIENCE,
                        () -> isProgrammed(person.get(keys + "/laptop")));
        return "in force after %d ms".formatted(took.toMillis());
    }

    private static boolean isProgrammed(JsonNode key) {
        for (var condition : key.path("status").path("conditions")) {
            if (condition.path("type").asText().equals("Programmed")) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }

    private String seenLive() throws Exception {
        try (var events = new EventReader(person.stream("/api/v1/tenants/" + TENANT + "/events"))) {
            scene.billing().grant(TENANT, CREDIT, "smoke-newcomer");
            events.await("balance", PATIENCE, data -> balanceIs(data, new BigDecimal(CREDIT)));
            var answer =
                    scene.gateway()
                            .ask(Ask.chat(true), Demo.MODEL, "[[words=5]] hello", secret.reveal());
            Failure.unless(answer.statusCode() == 200, "answer: " + answer.body());
            var took = events.await("usage", PATIENCE, data -> data.path("items").size() == 1);
            var usage = person.get("/api/v1/tenants/" + TENANT + "/usage").path("items").path(0);
            var cost = new BigDecimal(usage.path("cost").asText());
            Failure.unless(cost.signum() > 0, "the request cost nothing: " + usage);
            var rest = new BigDecimal(CREDIT).subtract(cost);
            events.await("balance", PATIENCE, data -> balanceIs(data, rest));
            return "%s - %s = %s, usage seen after %d ms"
                    .formatted(CREDIT, cost, rest, took.toMillis());
        }
    }

    private static boolean balanceIs(JsonNode data, BigDecimal expected) {
        return new BigDecimal(data.path("balance").asText("0")).compareTo(expected) == 0;
    }

    private String strangersKeptOut() throws Exception {
        var unknown = person.status("/api/v1/tenants/no-such-tenant/balance");
        var others = person.status("/api/v1/tenants/" + Scene.TENANT + "/balance");
        var objects =
                person.status(
                        "/k8s/apis/apihub.io/v1alpha1/namespaces/" + Scene.TENANT + "/apikeys");
        Failure.unlessEqual("status of a tenant that does not exist", 404, unknown);
        Failure.unlessEqual("status of another's balance", 404, others);
        Failure.unlessEqual("status of another's keys", 404, objects);
        return "404, as for one that does not exist";
    }

    private String loggedOut() throws Exception {
        person.delete("/api/v1/session");
        Failure.unlessEqual("status afterwards", 401, person.status("/api/v1/session"));
        return "401 afterwards";
    }

    private static ObjectNode object(String name, String value) {
        return JSON.createObjectNode().put(name, value);
    }
}
