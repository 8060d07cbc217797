package io.apihub.dev.stack;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Applies manifests through the API server, as {@code kubectl apply --server-side} does. */
final class Manifests {

    private static final String FIELD_MANAGER = "apihub-dev";

    private final KubernetesClient client;

    Manifests(KubernetesClient client) {
        this.client = client;
    }

    /** Makes the objects of a packaged file as they stand there. */
    void apply(String file, Map<String, String> values) {
        objects(file, values).forEach(this::apply);
    }

    /** Makes the objects of all manifests of a directory. */
    void applyAll(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (var file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
                try (var in = Files.newInputStream(file)) {
                    client.load(in).items().forEach(this::apply);
                }
            }
        }
    }

    private void apply(HasMetadata object) {
        client.resource(object).fieldManager(FIELD_MANAGER).forceConflicts().serverSideApply();
    }

    /** Makes those objects of a packaged file that are missing; what a user changed stays. */
    void createMissing(String file, Map<String, String> values) {
        objects(file, values).forEach(this::createMissing);
    }

    /** The same for a file that is not packaged. */
    void createMissing(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            client.load(in).items().forEach(this::createMissing);
        }
    }

    private void createMissing(HasMetadata object) {
        if (client.resource(object).get() == null) {
            client.resource(object).fieldManager(FIELD_MANAGER).serverSideApply();
        }
    }

    /** Deletes those objects of a packaged file that an earlier start made. */
    void deleteOurs(String file, Map<String, String> values) {
        for (var wanted : objects(file, values)) {
            var found = client.resource(wanted).get();
            if (found != null
                    && found.getMetadata().getManagedFields().stream()
                            .anyMatch(entry -> FIELD_MANAGER.equals(entry.getManager()))) {
                client.resource(found).delete();
            }
        }
    }

    private List<HasMetadata> objects(String file, Map<String, String> values) {
        var yaml = text(file);
        for (var value : values.entrySet()) {
            yaml = yaml.replace("${" + value.getKey() + "}", value.getValue());
        }
        return client.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8))).items();
    }

    private static String text(String file) {
        try (var in = Manifests.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
