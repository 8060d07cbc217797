package io.apihub.crd.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.apihub.dev.tool.Toolbox;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the API server does with our resources beyond the rules. */
@ExtendWith(ApiServer.class)
class ApiServerBehaviourIT {

    private static final String KEY =
            """
            apiVersion: apihub.io/v1alpha1
            kind: ApiKey
            metadata: {name: %s, namespace: acme}
            spec: {tenantRef: {name: %s}, generate: {secretName: %s-key}}
            """;

    private final KubernetesClient client;
    private final Path kubeconfig;
    @TempDir Path home;
    private final List<HasMetadata> created = new ArrayList<>();

    ApiServerBehaviourIT(ApiServer.Running server) {
        this.client = server.client();
        this.kubeconfig = server.kubernetes().kubeconfig();
    }

    @AfterEach
    void deleteWhatWasCreated() {
        created.forEach(object -> client.resource(object).delete());
    }

    @Test
    void everyExampleIsAcceptedAndKeepsAllItsFields() {
        for (var file : Yaml.files(Yaml.EXAMPLES)) {
            var example = resource(Yaml.text(file));
            var stored = create(example);
            assertThat(stored.<Object>get("spec")).as(file.toString()).isNotNull();
            assertThat(RoundTripTest.lost("", Yaml.read(file), tree(stored))).isEmpty();
        }
    }

    @Test
    void everyExampleOfTheDocumentationIsAcceptedAndHasNoUnknownField() {
        for (var example : DocumentationTest.examples()) {
            var resource = resource(example.toString());

            created.add(client.resource(resource).fieldValidation(Validation.STRICT).create());
        }
    }

    @Test
    void theRecordsFillInWhatTheSchemaFillsIn() {
        for (var least : Yaml.documents(Yaml.text(Path.of("src/test/resources/least.yaml")))) {
            var stored = create(resource(least.toString()));

            var theirs = RoundTripTest.roundTrip(tree(stored)).get("spec");
            var ours = RoundTripTest.roundTrip(least).get("spec");
            assertThat(ours).isEqualTo(theirs);
        }
    }

    @Test
    void unknownFieldsAreRefusedWhenAskedForAndElseDropped() {
        var text = KEY.formatted("pruned", "acme", "pruned") + "unknown: 1\n";
        var typo = resource(text.replace("spec: {", "spec: {expiresOn: x, "));

        assertThatExceptionOfType(KubernetesClientException.class)
                .isThrownBy(() -> client.resource(typo).fieldValidation(Validation.STRICT).create())
                .withMessageContaining("spec.expiresOn");
        var stored = create(typo);
        assertThat(tree(stored).toString()).doesNotContain("expiresOn").doesNotContain("unknown");
    }

    @Test
    void anObjectIsNotReadyBeforeTheOperatorSaysSoAndUsersCantSayIt() {
        var claimed =
                KEY.formatted("claimed", "acme", "claimed")
                        + """
                        status:
                          conditions:
                          - {type: Ready, status: "True", reason: Mine, message: "", lastTransitionTime: "2026-11-23T00:00:00Z"}
                        """;

        var stored = tree(create(resource(claimed))).at("/status/conditions");

        assertThat(stored).hasSize(1);
        assertThat(stored.get(0).path("status").asText()).isEqualTo("Unknown");
        assertThat(stored.get(0).path("reason").asText()).isEqualTo("Pending");
        assertThat(stored.get(0).path("lastTransitionTime").asText())
                .isEqualTo("1970-01-01T00:00:00Z");
    }

    @Test
    void keysAndQuotasAreSelectedByTenant() {
        create(resource(KEY.formatted("one", "acme", "one")));
        create(resource(KEY.formatted("two", "other", "two")));

        var found =
                client.resources(ApiKey.class)
                        .inNamespace("acme")
                        .withField("spec.tenantRef.name", "other")
                        .list()
                        .getItems();

        assertThat(found).extracting(k -> k.getMetadata().getName()).containsExactly("two");
    }

    @ParameterizedTest
    @CsvSource({
        "ApiKey, spec.tenantRef.name",
        "ApiKey, spec.disabled",
        "ApiKey, status.keyId",
        "ApiKey, status.prefix",
        "Quota, spec.tenantRef.name",
        "Quota, spec.owner",
        "Tenant, spec.namespace",
        "Tenant, spec.suspended",
        "Upstream, spec.url",
        "Upstream, spec.drain",
        "PriceBook, spec.currency",
    })
    void aFieldCanBeSelectedBy(String kind, String field) {
        assertThat(selected(kind, field)).isEmpty();
    }

    @Test
    void whatIsNotDeclaredCanNotBeSelectedBy() {
        assertThatExceptionOfType(KubernetesClientException.class)
                .isThrownBy(() -> selected("ApiKey", "spec.displayName"))
                .matches(refused -> refused.getCode() == 400);
    }

    private List<GenericKubernetesResource> selected(String kind, String field) {
        return client.genericKubernetesResources("apihub.io/v1alpha1", kind)
                .inAnyNamespace()
                .withField(field, "nobody-has-this")
                .list()
                .getItems();
    }

    @Test
    void kubectlShowsWhatPeopleLookFor() throws IOException, InterruptedException {
        create(resource(KEY.formatted("shown", "acme", "shown")));
        for (var file : Yaml.files(Yaml.EXAMPLES)) {
            create(resource(Yaml.text(file)));
        }

        assertThat(header("ak", "-n", "acme"))
                .isEqualTo("NAME READY ACTIVE TENANT PREFIX EXPIRES DISABLED AGE");
        assertThat(header("tnt")).isEqualTo("NAME READY NAMESPACE BILLING SUSPENDED KEYS AGE");
        assertThat(header("qt", "-n", "acme"))
                .isEqualTo("NAME READY TENANT OWNER MODE KEYS EXHAUSTED AGE");
        assertThat(header("up")).isEqualTo("NAME READY URL PRIORITY WEIGHT DRAIN AGE");
        assertThat(header("pb")).isEqualTo("NAME READY CURRENCY EFFECTIVE AGE");
        assertThat(header("pb", "-o", "wide"))
                .isEqualTo("NAME READY CURRENCY EFFECTIVE REASON MESSAGE AGE");
        assertThat(kubectl("get", "pb")).contains("Unknown").contains("CNY");
        assertThat(kubectl("get", "apihub", "-A")).contains("apikey.apihub.io/shown");
        assertThat(kubectl("explain", "quota.spec.limits.amount")).contains("decimal in quotes");
    }

    @Test
    void theRolesAreAccepted() {
        for (var role : Yaml.documents(Yaml.text(Path.of("manifests/rbac/roles.yaml")))) {
            var stored =
                    client.resource(Serialization.unmarshal(role.toString(), ClusterRole.class))
                            .create();
            created.add(stored);
            assertThat(stored.getMetadata().getLabels()).isNotEmpty();
        }
    }

    private String header(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("get"));
        command.addAll(List.of(arguments));
        var lines = kubectl(command.toArray(String[]::new)).lines().toList();
        return lines.getFirst().trim().replaceAll(" +", " ");
    }

    private String kubectl(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(Toolbox.standard().kubectl().toString()));
        command.addAll(List.of(arguments));
        var output = home.resolve("output.txt");
        var builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment()
                .putAll(Map.of("KUBECONFIG", kubeconfig.toString(), "HOME", home.toString()));
        int status = builder.start().waitFor();
        var text = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(status).as(text).isZero();
        return text;
    }

    private GenericKubernetesResource create(GenericKubernetesResource object) {
        var stored = client.resource(object).create();
        created.add(stored);
        return stored;
    }

    private static JsonNode tree(HasMetadata object) {
        return Yaml.documents(Serialization.asJson(object)).getFirst();
    }

    private static GenericKubernetesResource resource(String text) {
        return Serialization.unmarshal(text, GenericKubernetesResource.class);
    }
}
