package io.apihub.dev.stack;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Finds out what a stack still waits for. */
final class Readiness {

    private static final Duration ONE_ANSWER = Duration.ofSeconds(2);
    private static final Duration SAY_EVERY = Duration.ofSeconds(5);
    private static final long PAUSE_MILLIS = 50;

    private final Stack stack;

    Readiness(Stack stack) {
        this.stack = stack;
    }

    /** Waits, and says every five seconds for what, how long and how long at most. */
    void await(Duration atMost) throws InterruptedException, IOException {
        long start = System.nanoTime();
        long said = start;
        try (var http = HttpClient.newBuilder().connectTimeout(ONE_ANSWER).build();
                var kubernetes = stack.kubernetes().client()) {
            var missing = missing(http, kubernetes);
            while (missing.isPresent()) {
                long now = System.nanoTime();
                if (now - start > atMost.toNanos()) {
                    throw new StackFailure(
                            "not ready after %d s: %s; logs are in %s"
                                    .formatted(atMost.toSeconds(), missing.get(), stack.logs()));
                }
                if (now - said > SAY_EVERY.toNanos()) {
                    said = now;
                    stack.announce(
                            "waiting (%d of %d s): %s"
                                    .formatted(
                                            TimeUnit.NANOSECONDS.toSeconds(now - start),
                                            atMost.toSeconds(),
                                            missing.get()));
                }
                Thread.sleep(PAUSE_MILLIS);
                missing = missing(http, kubernetes);
            }
        }
    }

    private Optional<String> missing(HttpClient http, KubernetesClient kubernetes)
            throws InterruptedException, IOException {
        for (var service : services()) {
            var answer = get(http, stack.managementUrl(service).resolve("/readyz"), "");
            if (answer.status() != 200) {
                return Optional.of(service + " is not ready: " + answer.text());
            }
        }
        for (int gateway = 0; gateway < stack.gateways(); gateway++) {
            var envoy = GatewayPlace.numbered("envoy", gateway);
            if (!stack.envoyAdmin(envoy).serves()) {
                return Optional.of(envoy + " does not listen yet");
            }
        }
        var key = new DemoTenant(kubernetes, stack.secrets().demoKey()).missing();
        if (key.isPresent()) {
            return key;
        }
        var model = missingModel(http);
        return model.isPresent() ? model : missingCredit();
    }

    /**
     * Gives the demo its credit. Readiness is what billing saw a moment ago: with a database that
     * just came back, the first change may still be refused as {@code 503}, and is to be repeated.
     * With the same key at every start and try, it is given once.
     */
    private Optional<String> missingCredit() throws InterruptedException, IOException {
        try (var billing = new BillingApi(stack.billingUrl(), stack.adminToken())) {
            billing.grant(Demo.NAME, Demo.CREDIT, "demo-credit");
            return Optional.empty();
        } catch (BillingApi.Unavailable e) {
            return Optional.of("billing gives no credit yet: " + e.getMessage());
        }
    }

    private List<String> services() {
        var services = new ArrayList<>(List.of("billing", "operator"));
        for (int gateway = 0; gateway < stack.gateways(); gateway++) {
            services.add(GatewayPlace.numbered("ext-authz", gateway));
        }
        return services;
    }

    private Optional<String> missingModel(HttpClient http)
            throws InterruptedException, IOException {
        var answer = get(http, stack.url().resolve("/v1/models"), stack.demoKey());
        if (answer.status() != 200) {
            return Optional.of("the gateway answers " + answer.status() + ": " + answer.text());
        }
        var wanted = stack.isDemo() ? Demo.MODEL : "\"id\"";
        return answer.text().contains(wanted)
                ? Optional.empty()
                : Optional.of(
                        "the gateway serves no " + (stack.isDemo() ? Demo.MODEL : "model yet"));
    }

    private record Answer(int status, String text) {}

    private static Answer get(HttpClient http, URI uri, String key) throws InterruptedException {
        var request = HttpRequest.newBuilder(uri).timeout(ONE_ANSWER);
        if (!key.isEmpty()) {
            request.header("authorization", "Bearer " + key);
        }
        try {
            var answer = http.send(request.build(), BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body().strip());
        } catch (IOException e) {
            return new Answer(0, "no answer at " + uri);
        }
    }
}
