package io.apihub.dev.smoke;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;

/**
 * Takes keys away in every way while they are in use, and measures how long they were still
 * accepted. Counted from before the change is sent, so that the figure is never too small.
 */
final class Revoking {

    /** Beyond this it is broken and not only slow; {@link Promise} says what is slow. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final Scene scene;

    Revoking(Scene scene) {
        this.scene = scene;
    }

    void run(Steps steps) throws InterruptedException {
        steps.step("suspend the tenant", () -> measured("suspend", 403, this::suspend));
        steps.step("resume the tenant", () -> restored("resume", this::resume));
        steps.step(
                "disable the key",
                () -> measured("disable", 401, client -> patchKey(client, "disabled", "true")));
        steps.step(
                "enable the key",
                () -> restored("enable", client -> patchKey(client, "disabled", "false")));
        steps.step("expire the key", () -> measured("expire", 401, this::expire));
        steps.step(
                "take the expiry back",
                () -> restored("unexpire", client -> patchKey(client, "expiresAt", "null")));
        steps.step("delete the key", () -> measured("delete", 401, this::delete));
    }

    /** Changes something and says from when on the change holds. */
    @FunctionalInterface
    private interface Change {
        Instant make(KubernetesClient client);
    }

    private String measured(String name, int status, Change change) throws Exception {
        try (var client = scene.stack().kubernetes().client();
                var use = new KeyInUse(scene, name, scene.keys().own())) {
            use.awaitAccepted();
            var from = change.make(client);
            use.await(status);
            var late = Duration.between(from, use.lastAccepted());
            Failure.unless(late.compareTo(LIMIT) < 0, "still accepted %s later".formatted(late));
            return "%d; last accepted after %s".formatted(status, Promise.millis(late));
        }
    }

    private String restored(String name, Change change) throws Exception {
        try (var client = scene.stack().kubernetes().client();
                var use = new KeyInUse(scene, name, scene.keys().own())) {
            var from = change.make(client);
            use.awaitAccepted();
            var took = Duration.between(from, use.firstAccepted());
            return "accepted %d ms after the change".formatted(took.toMillis());
        }
    }

    private Instant suspend(KubernetesClient client) {
        return patchTenant(client, "true");
    }

    private Instant resume(KubernetesClient client) {
        return patchTenant(client, "false");
    }

    private Instant patchTenant(KubernetesClient client, String suspended) {
        var before = Instant.now();
        client.genericKubernetesResources("apihub.io/v1alpha1", "Tenant")
                .withName(Scene.TENANT)
                .patch(MERGE, "{\"spec\":{\"suspended\":%s}}".formatted(suspended));
        return before;
    }

    private Instant patchKey(KubernetesClient client, String field, String value) {
        var before = Instant.now();
        client.genericKubernetesResources("apihub.io/v1alpha1", "ApiKey")
                .inNamespace(Scene.TENANT)
                .withName("own")
                .patch(MERGE, "{\"spec\":{\"%s\":%s}}".formatted(field, value));
        return before;
    }

    /** Lets it expire in two seconds: the change is known before it holds. */
    private Instant expire(KubernetesClient client) {
        var expiry = Instant.now().plusSeconds(2);
        patchKey(client, "expiresAt", "\"" + expiry + "\"");
        return expiry;
    }

    private Instant delete(KubernetesClient client) {
        var before = Instant.now();
        client.genericKubernetesResources("apihub.io/v1alpha1", "ApiKey")
                .inNamespace(Scene.TENANT)
                .withName("own")
                .delete();
        return before;
    }
}
