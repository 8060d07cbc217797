package io.apihub.dev.stack;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the conditions of the demo's ApiKey say. */
final class DemoKeyStatus {

    private static final List<String> WANTED = List.of("Ready", "Programmed");

    private final KubernetesClient kubernetes;

    DemoKeyStatus(KubernetesClient kubernetes) {
        this.kubernetes = kubernetes;
    }

    /** The first condition that is not true yet, with its reason. */
    Optional<String> missing() {
        var key =
                kubernetes
                        .genericKubernetesResources("apihub.io/v1alpha1", "ApiKey")
                        .inNamespace(Demo.NAME)
                        .withName(Demo.NAME)
                        .get();
        if (key == null) {
            return Optional.of("there is no ApiKey demo");
        }
        List<Map<String, Object>> conditions = key.get("status", "conditions");
        for (var type : WANTED) {
            var problem = problem(type, conditions);
            if (problem.isPresent()) {
                return problem;
            }
        }
        return Optional.empty();
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
