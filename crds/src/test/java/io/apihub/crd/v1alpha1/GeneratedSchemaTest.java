package io.apihub.crd.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.crdv2.generator.CRDGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The records have the fields of the manifests, all of them and no other, of the same types. */
class GeneratedSchemaTest {

    @TempDir Path directory;

    @Test
    void recordsAndManifestsNameTheSameFieldsWithTheSameTypes() {
        var generated = generate();

        for (var manifest : Manifest.all()) {
            var ours = fields(manifest);
            var theirs = fields(of(manifest.kind(), generated));
            assertThat(theirs).as(manifest.kind()).isEqualTo(ours);
        }
    }

    @Test
    void namesAndScopesAreTheSame() {
        var generated = generate();

        for (var manifest : Manifest.all()) {
            var ours = manifest.definition().get("spec");
            var theirs = of(manifest.kind(), generated).definition().get("spec");
            assertThat(theirs.get("scope")).isEqualTo(ours.get("scope"));
            assertThat(theirs.at("/names/plural")).isEqualTo(ours.at("/names/plural"));
            assertThat(theirs.at("/names/singular")).isEqualTo(ours.at("/names/singular"));
            assertThat(theirs.at("/names/shortNames")).isEqualTo(ours.at("/names/shortNames"));
            assertThat(theirs.at("/versions/0/name")).isEqualTo(ours.at("/versions/0/name"));
        }
    }

    /** Path → type, with the values of enumerations. */
    private static Map<String, String> fields(Manifest manifest) {
        var fields = new TreeMap<String, String>();
        manifest.walk((path, schema) -> {
            if (path.startsWith("spec") || path.startsWith("status")) {
                fields.put(path, type(path, schema));
            }
        });
        return fields;
    }

    private static String type(String path, JsonNode schema) {
        if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
            return "int-or-string";
        }
        // A condition's status is text in Java, since conditions of others may be read with it.
        boolean closed = schema.has("enum") && !path.endsWith("conditions[].status");
        var names = new TreeSet<String>();
        if (closed && !path.contains("matchExpressions")) {
            schema.get("enum").forEach(v -> names.add(v.asText()));
        }
        return schema.path("type").asText() + (names.isEmpty() ? "" : names);
    }

    private List<Manifest> generate() {
        new CRDGenerator()
                .customResourceClasses(
                        Tenant.class, ApiKey.class, Quota.class, Upstream.class, PriceBook.class)
                .forCRDVersions("v1")
                .inOutputDir(directory.toFile())
                .generate();
        try (var files = Files.list(directory)) {
            return files.map(file -> new Manifest(file, Yaml.read(file))).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Manifest of(String kind, List<Manifest> manifests) {
        return manifests.stream().filter(m -> m.kind().equals(kind)).findFirst().orElseThrow();
    }
}
