package io.apihub.crd.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every definition must have, whatever its kind. */
class ManifestTest {

    static List<Manifest> manifests() {
        return Manifest.all();
    }

    @Test
    void thereIsOneDefinitionForEachKind() {
        assertThat(manifests())
                .extracting(Manifest::kind)
                .containsExactlyInAnyOrder("Tenant", "ApiKey", "Quota", "Upstream", "PriceBook");
    }

    @Test
    void theDefinitionsAreOnTheClassPath() {
        for (var manifest : manifests()) {
            assertThat(getClass().getResource("/crds/" + manifest.file().getFileName()))
                    .isNotNull();
        }
        assertThat(getClass().getResource("/crds/rbac/roles.yaml")).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void everyStringListAndMapIsBounded(Manifest manifest) {
        var unbounded = new ArrayList<String>();
        manifest.walk((path, schema) -> {
            if (Set.of("apiVersion", "kind", "metadata").contains(path)) {
                return;
            }
            if (!isBounded(schema)) {
                unbounded.add(path);
            }
        });
        assertThat(unbounded).isEmpty();
    }

    private static boolean isBounded(JsonNode schema) {
        if (schema.has("enum")) {
            return true;
        }
        boolean mixed = schema.path("x-kubernetes-int-or-string").asBoolean();
        return switch (schema.path("type").asText(mixed ? "string" : "")) {
            case "string" -> schema.has("maxLength");
            case "array" -> schema.has("maxItems") && schema.has("x-kubernetes-list-type");
            case "integer" -> schema.has("minimum");
            case "object" -> !schema.has("additionalProperties") || schema.has("maxProperties");
            default -> schema.path("type").asText().equals("boolean");
        };
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void everyListOfObjectsSaysHowItMerges(Manifest manifest) {
        manifest.walk((path, schema) -> {
            if (schema.at("/items/type").asText().equals("object")
                    && !schema.path("x-kubernetes-list-type").asText().equals("atomic")) {
                assertThat(schema.has("x-kubernetes-list-map-keys")).as(path).isTrue();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void everyFieldIsDescribed(Manifest manifest) {
        manifest.walk((path, schema) -> {
            if (path.startsWith("spec") && !path.endsWith("[]") && !path.endsWith("{}")) {
                assertThat(schema.path("description").asText()).as(path).isNotEmpty();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void theStatusIsASubresourceThatSaysUnknownAtFirst(Manifest manifest) {
        assertThat(manifest.version().has("subresources")).isTrue();
        assertThat(manifest.version().at("/subresources/status").isObject()).isTrue();
        var status = manifest.schema().at("/properties/status");
        var first = status.at("/default/conditions/0");
        assertThat(first.path("type").asText()).isEqualTo("Ready");
        assertThat(first.path("status").asText()).isEqualTo("Unknown");
        assertThat(first.path("reason").asText()).isEqualTo("Pending");
        assertThat(first.path("lastTransitionTime").asText()).isEqualTo("1970-01-01T00:00:00Z");
        var conditions = status.at("/properties/conditions");
        assertThat(conditions.path("maxItems").asInt()).isEqualTo(16);
        assertThat(conditions.path("x-kubernetes-list-map-keys").get(0).asText()).isEqualTo("type");
        assertThat(status.at("/properties/observedGeneration").isObject()).isTrue();
        assertThat(conditions.at("/items/properties/observedGeneration").isObject()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void everyRuleHasAMessageOfItsOwn(Manifest manifest) {
        for (var rule : manifest.rules()) {
            assertThat(rule.message()).as(rule.path()).hasSizeBetween(20, 250);
        }
        assertThat(manifest.rules().stream().map(r -> r.field() + r.message()))
                .doesNotHaveDuplicates();
    }

    @Test
    void tenantAndQuotaShareOneSchemaOfLimits() {
        var tenant = Manifest.of("Tenant").schema().at("/properties/spec/properties/limits");
        var quota = Manifest.of("Quota").schema().at("/properties/spec/properties/limits");

        assertThat(tenant.get("items")).isEqualTo(quota.get("items"));
    }

    @Test
    void theRolesGiveNoStatusNoSecretsAndNoWritingOfWhatIsThePlatforms() {
        var roles = Yaml.documents(Yaml.text(Path.of("manifests/rbac/roles.yaml")));

        for (var role : roles) {
            for (var rule : role.get("rules")) {
                assertThat(rule.get("apiGroups"))
                        .extracting(JsonNode::asText)
                        .containsExactly("apihub.io");
                assertThat(rule.get("resources")).noneMatch(r -> r.asText().contains("/"));
                if (rule.get("verbs").toString().contains("create")) {
                    assertThat(rule.get("resources"))
                            .extracting(JsonNode::asText)
                            .containsExactly("apikeys", "quotas");
                }
            }
        }
        assertThat(roles).hasSize(2);
    }
}
