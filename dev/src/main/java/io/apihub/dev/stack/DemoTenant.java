package io.apihub.dev.stack;

import io.apihub.model.key.ApiKeySecret;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The demo's customer, declared through the API server like any other. */
final class DemoTenant {

    private static final List<String> WANTED = List.of("Ready", "Programmed");

    private final KubernetesClient kubernetes;
    private final ApiKeySecret key;

    DemoTenant(KubernetesClient kubernetes, ApiKeySecret key) {
        this.kubernetes = kubernetes;
        this.key = key;
    }

    /** Declares what needs no namespace. */
    void declare() {
        new Manifests(kubernetes).createMissing("demo-tenant.yaml", Map.of());
    }

    /**
     * Declares the rest as soon as the operator has made the namespace.
     *
     * @return what is still missing until the key is let in everywhere
     */
    Optional<String> missing() {
        if (kubernetes.namespaces().withName(Demo.NAME).get() == null) {
            return Optional.of("the operator has not made the namespace demo");
        }
        var found = find();
        if (found == null) {
            new Manifests(kubernetes).createMissing("demo-key.yaml", values());
            return Optional.of("ApiKey demo has just been declared");
        }
        List<Map<String, Object>> conditions = found.get("status", "conditions");
        return WANTED.stream()
                .map(type -> problem(type, conditions))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private @Nullable GenericKubernetesResource find() {
        return kubernetes
                .genericKubernetesResources("apihub.io/v1alpha1", "ApiKey")
                .inNamespace(Demo.NAME)
                .withName(Demo.NAME)
                .get();
    }

    private Map<String, String> values() {
        return Map.of("keyId", key.id().toString(), "keyHash", key.digest(Demo.NAME).toString());
    }

    private static Optional<String> problem(String type, List<Map<String, Object>> conditions) {
        for (var condition : conditions == null ? List.<Map<String, Object>>of() : conditions) {
            if (type.equals(condition.get("type"))) {
                return "True".equals(condition.get("status"))
                        ? Optional.empty()
                        : Optional.of(
                                "ApiKey demo: %s=%s %s %s"
                                        .formatted(
                                                type,
                                                condition.get("status"),
                                                condition.get("reason"),
                                                condition.get("message")));
            }
        }
        return Optional.of("ApiKey demo has no condition " + type);
    }
}
