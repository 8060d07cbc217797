package io.apihub.billing.kube;

import static io.apihub.billing.kube.Rights.apply;
import static io.apihub.billing.kube.Rights.dryRun;
import static io.apihub.billing.kube.Rights.patch;
import static io.apihub.billing.kube.Rights.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.crd.v1alpha1.ApiKey;
import io.apihub.crd.v1alpha1.Quota;
import io.apihub.dev.mint.MintFlags;
import io.apihub.model.key.ApiKeySecret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the portal's ServiceAccount can do when nobody in billing stops it. */
class PortalPolicyIT {

    private static final String PORTAL = "apihub-portal";

    private static final String TENANT = Cluster.tenant("mine");

    private static Cluster cluster;
    private static KubernetesClient portal;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        cluster = Cluster.start();
        cluster.tenantNamespace("acme");
        portal = cluster.as("apihub-portal");
        Rights.untilRefused(() -> dryRun(portal, PORTAL, quota("Platform", "")));
    }

    @AfterAll
    static void stop() {
        portal.close();
    }

    private static String quota(String owner, String metadata) {
        return """
        apiVersion: apihub.io/v1alpha1
        kind: Quota
        metadata: {name: q, namespace: acme, annotations: {apihub.io/requested-by: ann}%s}
        spec:
          tenantRef: {name: acme}
          owner: %s
          limits: [{name: rpm, metric: Requests, window: Minute, amount: 5}]
        """
                .formatted(metadata, owner);
    }

    private static String key(String name, String tenant, String metadata, String spec) {
        return """
        apiVersion: apihub.io/v1alpha1
        kind: ApiKey
        metadata: {name: %s, namespace: acme, %s}
        spec: {tenantRef: {name: %s}, %s}
        """
                .formatted(name, metadata, tenant, spec);
    }

    private static final String BY_ANN = "annotations: {apihub.io/requested-by: ann}";
    private static final String HASH =
            "keyId: Ab3dEf9hK2, keyHash: 'sha256:" + "ab".repeat(32) + "'";

    @Test
    void thePortalWritesKeysAndTheTenantsOwnQuotas() {
        apply(portal, PORTAL, key("good", "acme", BY_ANN, HASH));
        apply(portal, PORTAL, quota("Tenant", ""));
        patch(portal, PORTAL, ApiKey.class, "good", "{\"spec\": {\"disabled\": true}}");
        portal.resources(ApiKey.class).inNamespace("acme").withName("good").delete();
        portal.resources(Quota.class).inNamespace("acme").withName("q").delete();

        assertThat(cluster.admin().resources(ApiKey.class).inNamespace("acme").list().getItems())
                .isEmpty();
    }

    @Test
    void thePortalWritesNothingElse() {
        refused(() -> apply(portal, PORTAL, quota("Platform", "")), "owner: Tenant");
        refused(
                () -> apply(portal, "kubectl", quota("Tenant", "")),
                "field manager is apihub-portal");
        refused(
                () -> apply(portal, PORTAL, quota("Tenant", ", finalizers: [a.b/c]")),
                "finalizers");
        refused(
                () -> apply(portal, PORTAL, quota("Tenant", ", labels: {apihub.io/x: y}")),
                "labels and annotations");
        refused(
                () -> apply(portal, PORTAL, key("k", "acme", "labels: {a: b}", HASH)),
                "requested-by");
        refused(() -> apply(portal, PORTAL, key("k", "other", BY_ANN, HASH)), "must be acme");
        refused(
                () -> apply(portal, PORTAL, key("k", "acme", BY_ANN, "generate: {secretName: s}")),
                "makes no Secrets");
        refused(() -> apply(portal, PORTAL, TENANT), "cannot patch");
        refused(() -> portal.secrets().inNamespace("acme").list(), "cannot list");
        refused(() -> portal.configMaps().inNamespace("apihub-system").list(), "cannot list");
        refused(
                () ->
                        portal.resource(
                                        new SecretBuilder()
                                                .withNewMetadata()
                                                .withName("s")
                                                .withNamespace("acme")
                                                .endMetadata()
                                                .build())
                                .create(),
                "cannot create");
    }

    /** The operator labels what it makes; there is the double opt-in for the rest. */
    @Test
    void theTenantOfANamespaceIsHeldWhereverTheNamespaceSaysWhoseItIs() {
        var stray =
                key("stray", "other", BY_ANN, HASH).replace("namespace: acme", "namespace: gitops");
        cluster.namespace("gitops", Map.of());
        apply(portal, PORTAL, stray);
        portal.resources(ApiKey.class).inNamespace("gitops").withName("stray").delete();

        cluster.namespace("gitops", Map.of("apihub.io/tenant", "acme"));

        refused(() -> apply(portal, PORTAL, stray), "must be acme");
    }

    @Test
    void thePortalTouchesNoQuotaOfThePlatform() {
        cluster.applyAs("platform", quota("Platform", "").replace("name: q", "name: ceiling"));
        var quotas = portal.resources(Quota.class).inNamespace("acme");

        refused(() -> quotas.withName("ceiling").delete(), "owner: Platform");
        refused(
                () ->
                        patch(
                                portal,
                                PORTAL,
                                Quota.class,
                                "ceiling",
                                by("\"labels\": {\"a\": \"b\"}")),
                "owner: Platform");
    }

    @Test
    void thePortalLeavesWhatOthersWroteOnAKey() {
        var labels = "labels: {apihub.io/plan: pro}, finalizers: [apihub.io/revoke]";
        cluster.applyAs("operator", key("kept", "acme", labels, HASH));

        changeRefused(by("\"labels\": {\"apihub.io/plan\": \"free\"}"), "labels and annotations");
        changeRefused(by("\"labels\": {\"apihub.io/plan\": null}"), "labels and annotations");
        changeRefused(by("\"finalizers\": []"), "finalizers");
        changeRefused("{\"spec\": {\"disabled\": true}}", "requested-by");
        refused(
                () ->
                        portal.resources(ApiKey.class)
                                .inNamespace("acme")
                                .withName("kept")
                                .subresource("status")
                                .patch("{\"status\": {\"keyId\": \"x\"}}"),
                "cannot patch");
        patch(portal, PORTAL, ApiKey.class, "kept", by("\"labels\": {\"team\": \"red\"}"));
    }

    private static void changeRefused(String patch, String words) {
        refused(() -> patch(portal, PORTAL, ApiKey.class, "kept", patch), words);
    }

    private static String by(String metadata) {
        return "{\"metadata\": {\"annotations\": {\"apihub.io/requested-by\": \"ann\"}, "
                + metadata
                + "}}";
    }

    /** By {@code start.sh mint}, for whoever has kubectl. */
    @Test
    void aKeyThatWasMintedOfflineIsTakenAndWorks() throws IOException {
        var minting =
                MintFlags.parse(
                        List.of("--tenant", "acme", "--name", "ci"), InstantSource.system());
        var printed = minting.run(new SecureRandom()).split("\n\n", 2);

        cluster.applyAs("kubectl", printed[1]);

        var spec =
                portal.resources(ApiKey.class).inNamespace("acme").withName("ci").get().getSpec();
        var presented = ApiKeySecret.parse(printed[0]).orElseThrow();
        assertThat(spec.keyId()).isEqualTo(presented.id().toString());
        assertThat(spec.keyHash()).isEqualTo(presented.digest("acme").toString());
        portal.resources(ApiKey.class).inNamespace("acme").withName("ci").delete();
    }
}
