package io.apihub.dev.smoke;

import io.apihub.dev.process.Await;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Sees quotas of tokens, of money and of requests at once refuse, say so, and follow a change at
 * once.
 *
 * <p>A request may need 4096 output tokens, which is what it must find free; what it uses is told
 * in its prompt. So the first fits and the second does not.
 */
final class Budgeting {

    /** Beyond this it is broken and not only slow; {@link Promise} says what is slow. */
    private static final Duration PROMPT = Duration.ofSeconds(5);

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    /** Of the quota {@code costly}; a request may cost 0.08. */
    private static final String AMOUNT = "0.09";

    private static final String AMPLE = "5";

    private static final String QUOTA_CODE = "insufficient_quota";

    private final Scene scene;

    Budgeting(Scene scene) {
        this.scene = scene;
    }

    void run(Steps steps) throws InterruptedException {
        steps.step("kubectl apply quotas", this::declared);
        steps.step("tokens a day", this::tokens);
        steps.step("money in total", this::money);
        steps.step("two requests at once, not three", this::slots);
        steps.step("kubectl get quota shows it", this::shown);
        steps.step("more money in total", () -> changed("more", AMPLE, 200));
        steps.step("less money in total", () -> changed("less", AMOUNT, 429));
        steps.step("a new quota resets nothing", this::recreated);
    }

    private String declared() throws Exception {
        scene.kubectl().apply("budgets.yaml", scene.keys().budgetValues());
        scene.kubectl().apply("costly.yaml", Map.of("amount", AMOUNT));
        for (var name : new String[] {"daily", "costly", "busy"}) {
            scene.kubectl().await("Programmed", "-n", Scene.TENANT, "apikey/" + name);
            scene.kubectl().await("Programmed", "-n", Scene.TENANT, "quota/" + name);
        }
        return "Quotas daily, costly, busy Programmed";
    }

    private String tokens() throws Exception {
        served("daily", "[[words=700]]", scene.keys().daily());
        return refused(scene.keys().daily(), "daily/tokens", "budget_exhausted", QUOTA_CODE);
    }

    private String money() throws Exception {
        served("costly", "[[words=1200]]", scene.keys().costly());
        return moneyRefused();
    }

    private void served(String tag, String words, String key) throws Exception {
        var answer = ask(Scene.tagged(tag, words + " hello"), key);
        Failure.unlessEqual("status of the first, " + answer.body(), 200, answer.statusCode());
    }

    private String moneyRefused() throws Exception {
        return refused(scene.keys().costly(), "costly/total", "total_exhausted", QUOTA_CODE);
    }

    private String refused(String key, String limit, String reason, String code) throws Exception {
        var answer = ask("hello", key);
        Failure.unlessEqual("status, " + answer.body(), 429, answer.statusCode());
        Failure.unlessEqual("reason", reason, header(answer, "x-apihub-reason"));
        Failure.unlessEqual("limit", limit, header(answer, "x-apihub-limit"));
        Failure.unless(answer.body().contains(code), "no " + code + " in " + answer.body());
        return "429 %s by %s".formatted(code, limit);
    }

    private String slots() throws Exception {
        var key = scene.keys().busy();
        try (var _ = open("busy-0", key);
                var _ = open("busy-1", key)) {
            return refused(key, "busy/slots", "concurrency_limited", "rate_limit_exceeded");
        }
    }

    /** A stream that has begun and takes its time. */
    private Gateway.Stream open(String tag, String key) throws Exception {
        var prompt = Scene.tagged(tag, "[[words=120]] [[delay=50ms]] hello");
        var stream = scene.gateway().open(Ask.chat(true), Scene.DIRECT_MODEL, prompt, key);
        Failure.unlessEqual("status of " + tag, 200, stream.status());
        return stream;
    }

    private String shown() throws Exception {
        for (var name : new String[] {"daily", "costly"}) {
            scene.kubectl().await("Exhausted", "-n", Scene.TENANT, "quota/" + name);
        }
        var kubectl = scene.kubectl();
        return kubectl.run("", "get", "quota", "costly", "-n", Scene.TENANT, "--no-headers");
    }

    /** Sets the amount of {@code costly} and waits until it shows. */
    private String changed(String name, String amount, int status) throws Exception {
        try (var client = scene.stack().kubernetes().client();
                var use = new KeyInUse(scene, "costly-" + name, scene.keys().costly())) {
            use.await(status == 200 ? 429 : 200);
            var from = set(client, amount);
            use.await(status);
            var seen = status == 200 ? use.firstAccepted() : use.lastAccepted();
            return "%d, %s after the change".formatted(status, took(from, seen));
        }
    }

    private static String took(Instant from, Instant seen) {
        var took = Duration.between(from, seen);
        Failure.unless(took.compareTo(PROMPT) < 0, "it took " + took);
        return Promise.millis(took);
    }

    private static Resource<GenericKubernetesResource> costly(KubernetesClient client) {
        return client.genericKubernetesResources("apihub.io/v1alpha1", "Quota")
                .inNamespace(Scene.TENANT)
                .withName("costly");
    }

    private static Instant set(KubernetesClient client, String amount) {
        var before = Instant.now();
        costly(client)
                .patch(
                        MERGE,
                        """
                        {"spec": {"limits": [
                          {"name": "total", "metric": "Cost", "window": "Total", "amount": "%s"}]}}\
                        """
                                .formatted(amount));
        return before;
    }

    /** Deleted, it refuses nobody any more; made again, it knows what was spent. */
    private String recreated() throws Exception {
        try (var client = scene.stack().kubernetes().client();
                var use = new KeyInUse(scene, "costly-again", scene.keys().costly())) {
            use.await(429);
            var quota = costly(client).get();
            var deleted = Instant.now();
            costly(client).delete();
            use.await(200);
            var gone = took(deleted, use.firstAccepted());
            Await.until("the quota to be gone", PATIENCE, () -> costly(client).get() == null);
            quota.setMetadata(
                    new ObjectMetaBuilder()
                            .withName("costly")
                            .withNamespace(Scene.TENANT)
                            .withLabels(quota.getMetadata().getLabels())
                            .build());
            quota.getAdditionalProperties().remove("status");
            var added = Instant.now();
            client.resource(quota).create();
            use.await(429);
            var back = took(added, use.lastAccepted());
            scene.kubectl().await("Programmed", "-n", Scene.TENANT, "quota/costly");
            moneyRefused();
            return "200, %s after the deletion; 429, %s after it was added".formatted(gone, back);
        }
    }

    private HttpResponse<String> ask(String prompt, String key)
            throws IOException, InterruptedException {
        return scene.gateway().ask(Ask.chat(false), Scene.DIRECT_MODEL, prompt, key);
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse("(absent)");
    }
}
