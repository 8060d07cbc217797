package io.apihub.operator;

import static io.apihub.operator.Eventually.eventually;
import static io.apihub.operator.Observed.is;
import static io.apihub.operator.Observed.message;
import static io.apihub.operator.Observed.reason;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.apihub.crd.v1alpha1.ApiKey;
import io.apihub.crd.v1alpha1.PriceBook;
import io.apihub.crd.v1alpha1.Tenant;
import io.apihub.crd.v1alpha1.Upstream;
import io.apihub.model.key.ApiKeySecret;
import io.apihub.operator.OperatorHarness.Running;
import io.apihub.operator.feed.FeedClient;
import io.apihub.operator.registry.Uuids;
import io.apihub.operator.xds.TestCertificate;
import io.fabric8.kubernetes.client.CustomResource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator with its own rights against a real API server and a real Postgres. */
class OperatorIT {

    private static OperatorHarness harness;
    private static Running operator;

    @BeforeAll
    static void start() throws Exception {
        harness = new OperatorHarness();
        operator = harness.startLeader("default");
    }

    @AfterAll
    static void stop() throws Exception {
        operator.close();
        harness.close();
    }

    @Test
    void anAppliedKeyReachesTheGatewayAndItsStatusSaysSo() throws Exception {
        var key = ApiKeySecret.mint(new Random(1));
        tenant("line", "suspended: false");
        try (var gateway = new FeedClient(operator.process().grpcPort(), "gw-line")) {
            eventually("the snapshot", () -> gateway.revision() >= 0);
            long applied = System.nanoTime();
            harness.apply(ownKey("line", "ci", key, ""));
            eventually(
                    "the key at the gateway",
                    () -> gateway.keys().containsKey(uid(key("line", "ci"))));
            System.out.println(
                    "kubectl apply to gateway: "
                            + (System.nanoTime() - applied) / 1_000_000
                            + " ms");
            eventually("Programmed", () -> is(key("line", "ci"), "Programmed", "True"));
            var ci = key("line", "ci");
            assertThat(is(ci, "Ready", "True")).isTrue();
            assertThat(is(ci, "Active", "True")).isTrue();
            assertThat(message(ci, "Programmed"))
                    .matches("revision \\d+ on \\d+ gateways? after \\d+ ms");
            assertThat(ci.getStatus().keyId()).isEqualTo(key.id().toString());
            assertThat(ci.getStatus().prefix()).isEqualTo(key.shownPrefix());
            eventually("Tenant", () -> is(tenant("line"), "Programmed", "True"));
            assertThat(tenant("line").getStatus().tenantId())
                    .isEqualTo(tenant("line").getMetadata().getUid());
            eventually(
                    "one key",
                    () -> Integer.valueOf(1).equals(tenant("line").getStatus().keyCount()));

            var uid = uid(ci);
            long deleted = System.nanoTime();
            harness.admin().resource(ci).delete();
            eventually("the revocation at the gateway", () -> !gateway.keys().containsKey(uid));
            System.out.println(
                    "kubectl delete to gateway: "
                            + (System.nanoTime() - deleted) / 1_000_000
                            + " ms");
            eventually("the end of the object", () -> key("line", "ci") == null);
            gateway.goodbye();
        }
    }

    @Test
    void disablingSuspendingAndExpiringAreSaidAndSent() throws Exception {
        var key = ApiKeySecret.mint(new Random(2));
        tenant("stops", "suspended: false");
        harness.apply(ownKey("stops", "ci", key, ""));
        eventually("Active", () -> is(key("stops", "ci"), "Active", "True"));

        harness.apply(ownKey("stops", "ci", key, "disabled: true"));
        eventually("Disabled", () -> "Disabled".equals(reason(key("stops", "ci"), "Active")));
        assertThat(is(key("stops", "ci"), "Ready", "True")).isTrue();
        harness.apply(ownKey("stops", "ci", key, "disabled: false"));
        eventually("Active", () -> is(key("stops", "ci"), "Active", "True"));

        tenant("stops", "suspended: true");
        eventually(
                "suspended", () -> "TenantSuspended".equals(reason(key("stops", "ci"), "Active")));
        tenant("stops", "suspended: false");

        var soon = Instant.now().plusSeconds(2).truncatedTo(ChronoUnit.SECONDS);
        harness.apply(ownKey("stops", "ci", key, "expiresAt: \"" + soon + "\""));
        eventually(
                "the expiry in status",
                () -> soon.equals(key("stops", "ci").getStatus().expiresAt()));
        eventually("Expired", () -> "Expired".equals(reason(key("stops", "ci"), "Active")));
        assertThat(Instant.now()).isAfterOrEqualTo(soon);
    }

    @Test
    void aGeneratedKeyIsMintedOnceIntoASecretOfItsOwn() throws Exception {
        tenant("minted", "suspended: false");
        harness.apply(
                """
                apiVersion: apihub.io/v1alpha1
                kind: ApiKey
                metadata: {name: robot, namespace: minted}
                spec:
                  tenantRef: {name: minted}
                  generate: {secretName: robot-key}
                """);
        eventually("SecretReady", () -> is(key("minted", "robot"), "SecretReady", "True"));
        var secret = harness.admin().secrets().inNamespace("minted").withName("robot-key").get();
        var text =
                new String(
                        Base64.getDecoder().decode(secret.getData().get("api-key")),
                        StandardCharsets.UTF_8);
        var minted = ApiKeySecret.parse(text).orElseThrow();
        assertThat(key("minted", "robot").getStatus().keyId()).isEqualTo(minted.id().toString());
        assertThat(secret.getMetadata().getOwnerReferences().getFirst().getUid())
                .isEqualTo(key("minted", "robot").getMetadata().getUid());

        try (var gateway = new FeedClient(operator.process().grpcPort(), "gw-minted")) {
            eventually("the key", () -> gateway.keys().containsKey(uid(key("minted", "robot"))));
            assertThat(sent(gateway, key("minted", "robot")).getDigests(0).getSha256())
                    .isEqualTo(ByteString.copyFrom(minted.digest("minted").toBytes()));
            gateway.goodbye();
        }
    }

    @Test
    void withoutItsRightTheOperatorSaysWhatToApply() throws Exception {
        namespace("brought");
        tenant("brought", "suspended: false");
        harness.apply(
                """
                apiVersion: apihub.io/v1alpha1
                kind: ApiKey
                metadata: {name: robot, namespace: brought}
                spec:
                  tenantRef: {name: brought}
                  generate: {secretName: robot-key}
                """);
        eventually(
                "Forbidden",
                () -> "Forbidden".equals(reason(key("brought", "robot"), "SecretReady")));
        var message = message(key("brought", "robot"), "SecretReady");
        assertThat(message)
                .startsWith(
                        "ServiceAccount apihub-operator of namespace apihub-system may not get Secrets in"
                                + " namespace brought; apply:\n---");
        harness.apply(message.substring(message.indexOf("---")));
        eventually(
                "the key after the RoleBinding",
                () -> is(key("brought", "robot"), "SecretReady", "True"));
    }

    @Test
    void aSecretOfSomeoneElseIsNotTouched() throws Exception {
        tenant("squat", "suspended: false");
        eventually("Ready", () -> is(tenant("squat"), "Ready", "True"));
        harness.apply(
                """
                apiVersion: v1
                kind: Secret
                metadata: {name: robot-key, namespace: squat}
                stringData: {password: mine}
                ---
                apiVersion: apihub.io/v1alpha1
                kind: ApiKey
                metadata: {name: robot, namespace: squat}
                spec:
                  tenantRef: {name: squat}
                  generate: {secretName: robot-key}
                """);
        eventually(
                "SecretExists",
                () -> "SecretExists".equals(reason(key("squat", "robot"), "Ready")));
        assertThat(is(key("squat", "robot"), "Stalled", "True")).isTrue();
    }

    @Test
    void aModelThatNoUpstreamServesIsSaidUntilOneDoes() throws Exception {
        tenant("picky", "allowedModels: [picky-*]");
        harness.apply(
                ownKey(
                        "picky",
                        "ci",
                        ApiKeySecret.mint(new Random(6)),
                        "allowedModels: [picky-1]"));
        eventually(
                "the tenant's remark",
                () -> "ModelsNotServed".equals(reason(tenant("picky"), "Ready")));
        eventually(
                "the key's remark",
                () -> "ModelsNotServed".equals(reason(key("picky", "ci"), "Ready")));
        assertThat(is(key("picky", "ci"), "Ready", "True")).isTrue();
        assertThat(message(key("picky", "ci"), "Ready")).contains("picky-1");

        harness.apply(
                """
                apiVersion: apihub.io/v1alpha1
                kind: Upstream
                metadata: {name: picky}
                spec:
                  url: http://picky.example
                  protocols: [OpenAIChat]
                  models: [{name: picky-1, contextTokens: 1000, maxOutputTokens: 100}]
                """);

        eventually("the tenant", () -> "InForce".equals(reason(tenant("picky"), "Ready")));
        eventually("the key", () -> "InForce".equals(reason(key("picky", "ci"), "Ready")));
        harness.admin().resources(Upstream.class).withName("picky").delete();
    }

    @Test
    void wrongReferencesAreConditions() throws Exception {
        tenant("first", "suspended: false");
        eventually("Ready", () -> is(tenant("first"), "Ready", "True"));
        harness.apply(tenantYaml("second", "first", "suspended: false"));
        namespace("elsewhere");
        var key = ApiKeySecret.mint(new Random(3));
        harness.apply(ownKey("first", "one", key, ""));
        eventually("Ready", () -> is(key("first", "one"), "Ready", "True"));
        harness.apply(ownKey("first", "two", key, ""));
        harness.apply(
                ownKey("first", "lost", key, "")
                        .replace("namespace: first", "namespace: elsewhere"));
        harness.apply(
                ownKey("nobody", "lost", key, "").replace("namespace: nobody", "namespace: first"));

        eventually(
                "NamespaceTaken", () -> "NamespaceTaken".equals(reason(tenant("second"), "Ready")));
        assertThat(reason(tenant("second"), "Active")).isEqualTo("NotInForce");
        eventually(
                "KeyIdConflict",
                () -> "KeyIdConflict".equals(reason(key("first", "two"), "Ready")));
        eventually(
                "mismatch",
                () -> "NamespaceMismatch".equals(reason(key("elsewhere", "lost"), "Ready")));
        eventually(
                "no tenant", () -> "TenantNotFound".equals(reason(key("first", "lost"), "Ready")));
    }

    @Test
    void aBookIsAcceptedOrSaysWhyNot() throws Exception {
        book("first", "CNY", "2026-01-01T00:00:00Z", "10");
        eventually("accepted", () -> is(book("first"), "Ready", "True"));
        book("same", "CNY", "2026-01-01T00:00:00Z", "11");
        book("dollars", "USD", "2026-02-01T00:00:00Z", "10");
        eventually("taken", () -> "EffectiveFromTaken".equals(reason(book("same"), "Ready")));
        eventually("currency", () -> "CurrencyMismatch".equals(reason(book("dollars"), "Ready")));
        harness.admin().resource(book("first")).delete();
        assertThat(
                        harness.postgres()
                                .one(
                                        "SELECT count(*) FROM registry.price_book WHERE name = 'first'"))
                .isEqualTo("1");
    }

    @Test
    void deletingATenantEndsItsKeys() throws Exception {
        tenant("leaving", "suspended: false");
        harness.apply(ownKey("leaving", "ci", ApiKeySecret.mint(new Random(5)), ""));
        eventually("Ready", () -> is(key("leaving", "ci"), "Ready", "True"));
        harness.admin().resource(tenant("leaving")).delete();
        eventually("the end of the key", () -> key("leaving", "ci") == null);
        eventually("the end of the tenant", () -> tenant("leaving") == null);
        assertThat(harness.admin().namespaces().withName("leaving").get()).isNotNull();
    }

    @Test
    void itAnswersProbes() throws Exception {
        eventually("ready", () -> operator.get("/readyz").equals("ready\n"));
        assertThat(operator.get("/livez")).isEqualTo("alive\n");
        tenant("probed", "suspended: false");
        eventually("a revision", () -> operator.metric("apihub_operator_registry_revision") > 0);
    }

    /** With its own rights it finds the Secret; that it can't use one ends no replica. */
    @Test
    void aGatewayCertificateThatIsMissingIsSaidUntilItIsThere(@TempDir Path temporary)
            throws Exception {
        var certificate = TestCertificate.of(temporary, "dns:localhost").forGateway();
        eventually("ready", () -> operator.get("/readyz").equals("ready\n"));
        harness.apply(
                """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: gateway, namespace: apihub-system}
                data: {tlsSecret: web}
                """);
        eventually(
                "the complaint",
                () ->
                        operator.get("/readyz").startsWith("ready, but the ConfigMap")
                                && operator.metric("apihub_operator_gateway_settings_refused")
                                        == 1);
        assertThat(operator.get("/readyz")).contains("there is no Secret web");

        harness.createSecret("web", certificate);

        eventually("no complaint", () -> operator.get("/readyz").equals("ready\n"));
        harness.admin().configMaps().inNamespace("apihub-system").withName("gateway").delete();
    }

    private static void namespace(String name) {
        harness.apply("apiVersion: v1\nkind: Namespace\nmetadata: {name: %s}".formatted(name));
    }

    private static void tenant(String name, String more) throws Exception {
        harness.apply(tenantYaml(name, name, more));
        eventually("its namespace", () -> hasNamespace(name));
    }

    private static boolean hasNamespace(String name) {
        return harness.admin().namespaces().withName(name).get() != null;
    }

    private static String tenantYaml(String name, String namespace, String more) {
        return """
        apiVersion: apihub.io/v1alpha1
        kind: Tenant
        metadata: {name: %s}
        spec: {namespace: %s, %s}
        """
                .formatted(name, namespace, more);
    }

    private static String ownKey(String tenant, String name, ApiKeySecret key, String more) {
        return """
        apiVersion: apihub.io/v1alpha1
        kind: ApiKey
        metadata: {name: %s, namespace: %s}
        spec:
          tenantRef: {name: %s}
          keyId: %s
          keyHash: %s
          %s
        """
                .formatted(name, tenant, tenant, key.id(), key.digest(tenant), more);
    }

    private static void book(String name, String currency, String from, String input) {
        harness.apply(
                """
                apiVersion: apihub.io/v1alpha1
                kind: PriceBook
                metadata: {name: %s}
                spec:
                  currency: %s
                  effectiveFrom: "%s"
                  prices:
                  - {model: "*", input: "%s", output: "30"}
                """
                        .formatted(name, currency, from, input));
    }

    private static Tenant tenant(String name) {
        return harness.admin().resources(Tenant.class).withName(name).get();
    }

    private static ApiKey key(String namespace, String name) {
        return harness.admin().resources(ApiKey.class).inNamespace(namespace).withName(name).get();
    }

    private static PriceBook book(String name) {
        return harness.admin().resources(PriceBook.class).withName(name).get();
    }

    private static ByteString uid(CustomResource<?, ?> resource) {
        return Uuids.toBytes(UUID.fromString(resource.getMetadata().getUid()));
    }

    private static io.apihub.policy.v1.ApiKey sent(FeedClient gateway, ApiKey key) {
        return Objects.requireNonNull(gateway.keys().get(uid(key)));
    }
}
