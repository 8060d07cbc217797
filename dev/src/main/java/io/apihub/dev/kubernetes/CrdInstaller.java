package io.apihub.dev.kubernetes;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Installs custom resource definitions by server-side apply. */
final class CrdInstaller {

    private static final long ESTABLISH_SECONDS = 30;

    private final KubernetesClient client;

    CrdInstaller(KubernetesClient client) {
        this.client = client;
    }

    void install(Path directory) throws IOException {
        var definitions = manifests(directory).stream().map(this::apply).toList();
        for (var definition : definitions) {
            client.resource(definition)
                    .waitUntilCondition(
                            CrdInstaller::isEstablished, ESTABLISH_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static List<Path> manifests(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    private CustomResourceDefinition apply(Path file) {
        var definition =
                client.apiextensions().v1().customResourceDefinitions().load(file.toFile()).item();
        return client.resource(definition)
                .fieldManager("apihub-dev")
                .forceConflicts()
                .serverSideApply();
    }

    private static boolean isEstablished(CustomResourceDefinition definition) {
        return definition != null
                && definition.getStatus() != null
                // A status of a moment ago may have no conditions yet.
                && definition.getStatus().getConditions() != null
                && definition.getStatus().getConditions().stream()
                        .anyMatch(c -> c.getType().equals("Established") && isTrue(c.getStatus()));
    }

    private static boolean isTrue(String status) {
        return status.equals("True");
    }
}
