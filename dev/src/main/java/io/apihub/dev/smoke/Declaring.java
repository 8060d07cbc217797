package io.apihub.dev.smoke;

import java.util.Map;

/** Declares tenants, prices, an upstream, keys and a limit with kubectl, and pays in. */
final class Declaring {

    private final Scene scene;

    Declaring(Scene scene) {
        this.scene = scene;
    }

    void run(Steps steps) throws InterruptedException {
        var kubectl = scene.kubectl();
        steps.step(
                "kubectl apply tenants, prices",
                () -> {
                    var modelServer = scene.stack().modelServerUrl().toString();
                    kubectl.apply("tenants.yaml", Map.of("modelServer", modelServer));
                    kubectl.await("Ready", "tenant/smoke", "tenant/smoke-empty");
                    kubectl.await("Ready", "pricebook/smoke", "upstream/smoke");
                    kubectl.await("Programmed", "upstream/smoke", "tenant/smoke");
                    return "Tenant, PriceBook, Upstream Ready and Programmed";
                });
        steps.step(
                "kubectl apply keys, quota",
                () -> {
                    kubectl.apply("keys.yaml", scene.keys().values());
                    for (var condition : new String[] {"Ready", "Programmed"}) {
                        var objects =
                                new String[] {"apikey/own", "apikey/minted", "apikey/limited"};
                        await(condition, "smoke", objects);
                        await(condition, "smoke", "quota/slow");
                        await(condition, "smoke-empty", "apikey/own");
                    }
                    return "ApiKeys (own hash, minted) and Quota Ready and Programmed";
                });
        steps.step(
                "grant credit",
                () -> {
                    var grant = scene.billing().grant(Scene.TENANT, Scene.GRANT, "smoke-grant");
                    Failure.unlessEqual("balance", Scene.GRANT, grant.path("balance").asText());
                    return Scene.GRANT + " given, balance " + grant.path("balance").asText();
                });
    }

    private void await(String condition, String namespace, String... objects) throws Exception {
        var arguments = new String[objects.length + 2];
        arguments[0] = "-n";
        arguments[1] = namespace;
        System.arraycopy(objects, 0, arguments, 2, objects.length);
        scene.kubectl().await(condition, arguments);
    }
}
