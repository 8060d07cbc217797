package io.apihub.crd.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reading a resource into its record and writing it again loses and changes nothing. */
class RoundTripTest {

    private static final Map<String, Class<? extends CustomResource<?, ?>>> KINDS =
            Map.of(
                    "Tenant", Tenant.class,
                    "ApiKey", ApiKey.class,
                    "Quota", Quota.class,
                    "Upstream", Upstream.class,
                    "PriceBook", PriceBook.class);

    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

    static List<Path> examples() {
        return Yaml.files(Yaml.EXAMPLES);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleComesBackAsItWas(Path example) {
        var before = Yaml.read(example);

        var after = roundTrip(before);

        assertThat(lost("", before, after)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void nothingIsAddedButTheDefaultsThatTheSchemaOrItsTextNames(Path example) {
        var once = roundTrip(Yaml.read(example));

        assertThat(roundTrip(once)).isEqualTo(once);
        assertThat(once.toString()).doesNotContain("null");
    }

    @Test
    void everyExampleTogetherUsesEveryFieldOfTheSpecs() {
        var used = new ArrayList<String>();
        examples().stream().map(Yaml::read).forEach(e -> collect(e.path("kind").asText(), e, used));

        for (var manifest : Manifest.all()) {
            manifest.walk((path, schema) -> {
                if (path.startsWith("spec.") && !path.endsWith("[]") && !path.endsWith("{}")) {
                    assertThat(used).contains(manifest.kind() + "." + path);
                }
            });
        }
    }

    @Test
    void aStatusComesBackAsItWas() {
        var before =
                Yaml.documents(
                                """
                                apiVersion: apihub.io/v1alpha1
                                kind: ApiKey
                                metadata: {name: a, namespace: acme}
                                status:
                                  observedGeneration: 3
                                  keyId: Ab3dEf9hK2
                                  prefix: sk-hub_Ab3dEf9hK2…
                                  expiresAt: "2027-01-01T00:00:00Z"
                                  conditions:
                                  - type: Ready
                                    status: "True"
                                    reason: InForce
                                    message: ""
                                    observedGeneration: 3
                                    lastTransitionTime: "2026-11-23T00:00:00Z"
                                """)
                        .getFirst();

        assertThat(lost("", before, roundTrip(before))).isEmpty();
    }

    @Test
    void fieldsOfALaterVersionAreIgnored() {
        var later =
                Yaml.documents(
                                """
                                apiVersion: apihub.io/v1alpha1
                                kind: Tenant
                                metadata: {name: acme}
                                spec: {namespace: acme, later: {a: 1}, billing: {later: x}, keys: {later: 1}}
                                status: {later: 1}
                                """)
                        .getFirst();

        assertThat(roundTrip(later).toString()).doesNotContain("later");
    }

    static JsonNode roundTrip(JsonNode before) {
        var type = Objects.requireNonNull(KINDS.get(before.path("kind").asText()));
        var resource = SERIALIZATION.unmarshal(before.toString(), type);
        return Yaml.documents(SERIALIZATION.asJson(resource)).getFirst();
    }

    /** Paths whose value is gone or changed; an empty list may be absent. */
    static List<String> lost(String path, JsonNode before, JsonNode after) {
        var lost = new ArrayList<String>();
        if (before.isArray() && before.isEmpty() && after.isMissingNode()) {
            return lost;
        }
        if (before.isObject()) {
            before.properties()
                    .forEach(p ->
                            lost.addAll(
                                    lost(
                                            path + "." + p.getKey(),
                                            p.getValue(),
                                            after.path(p.getKey()))));
        } else if (before.isArray() && before.size() == after.size()) {
            for (int i = 0; i < before.size(); i++) {
                lost.addAll(lost(path + "[" + i + "]", before.get(i), after.get(i)));
            }
        } else if (!before.asText().equals(after.asText())
                || before.isNumber() != after.isNumber()) {
            lost.add(path + ": " + before + " became " + after);
        }
        return lost;
    }

    private static void collect(String path, JsonNode node, List<String> paths) {
        paths.add(path);
        node.properties().forEach(p -> collect(path + "." + p.getKey(), p.getValue(), paths));
        node.forEach(item -> {
            if (node.isArray()) {
                collect(path + "[]", item, paths);
            }
        });
    }
}
