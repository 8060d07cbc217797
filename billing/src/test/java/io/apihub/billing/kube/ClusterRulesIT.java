package io.apihub.billing.kube;

import static io.apihub.billing.kube.MemberClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the owner of the cluster forbids besides, in a real API server's words. */
class ClusterRulesIT {

    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String NAMESPACES = "/k8s/apis/apihub.io/v1alpha1/namespaces/";
    private static final List<HasMetadata> RULES = new ArrayList<>();

    private static Cluster cluster;
    private static RunningBilling billing;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        cluster = Cluster.start();
        var database = TestDatabase.create();
        for (var tenant : new String[] {"ruled", "rationed"}) {
            database.registry().tenant(tenant);
            cluster.tenantNamespace(tenant);
            cluster.applyAs("platform", Cluster.tenant(tenant));
        }
        billing = RunningBilling.with(cluster.settings(database, 50));
        billing.awaitReady();
    }

    @AfterAll
    static void stop() {
        RULES.forEach(rule -> cluster.admin().resource(rule).delete());
        billing.close();
    }

    private static HttpResponse<String> make(String tenant, String name, String displayName) {
        var key =
                """
                {"metadata": {"name": "%s"}, "spec": {"keyId": "%s", "keyHash": "sha256:%s",
                 "displayName": "%s"}}
                """
                        .formatted(
                                name,
                                "%010d".formatted(name.hashCode() & 0xffff),
                                "ab".repeat(32),
                                displayName);
        return new MemberClient(billing, billing.token())
                .send("POST", NAMESPACES + tenant + "/apikeys", key);
    }

    /** A policy says of itself whether its no is one of 403 or, as if nothing is said, of 422. */
    @Test
    void whatAPolicySaysReachesTheClient() {
        policy("plain", "", 422);
        policy("strict", "reason: Forbidden, ", 403);
    }

    private static void policy(String name, String reason, int status) {
        RULES.add(
                cluster.applyAs(
                        "platform",
                        """
                        apiVersion: admissionregistration.k8s.io/v1
                        kind: ValidatingAdmissionPolicy
                        metadata: {name: %s}
                        spec:
                          matchConstraints:
                            resourceRules:
                            - {apiGroups: [apihub.io], apiVersions: ['*'], operations: [CREATE], resources: [apikeys]}
                          validations:
                          - {%sexpression: "object.spec.displayName != '%s'", message: no key is called %s here}
                        """
                                .formatted(name, reason, name, name)));
        RULES.add(
                cluster.applyAs(
                        "platform",
                        """
                        apiVersion: admissionregistration.k8s.io/v1
                        kind: ValidatingAdmissionPolicyBinding
                        metadata: {name: %s}
                        spec: {policyName: %s, validationActions: [Deny]}
                        """
                                .formatted(name, name)));
        var tries = new ArrayList<HttpResponse<String>>();
        // The API server takes a moment to know it.
        Poll.until(
                DEADLINE,
                () -> {
                    tries.add(make("ruled", name + "-" + tries.size(), name));
                    return tries.getLast().statusCode() != 201;
                });

        var refused = json(tries.getLast(), status);

        assertThat(refused.path("type").asString())
                .isEqualTo("urn:apihub:problem:refused-by-policy");
        assertThat(refused.path("detail").asString())
                .contains("'" + name + "'", "no key is called " + name + " here");
        assertThat(make("ruled", name, "another").statusCode()).isEqualTo(201);
    }

    /** The quota's controller does not run here, so the test says what it would. */
    @Test
    void aResourceQuotaIsExact() {
        var one = Map.of("count/apikeys.apihub.io", new Quantity("1"));
        var quota =
                cluster.admin()
                        .resource(
                                new ResourceQuotaBuilder()
                                        .withNewMetadata()
                                        .withName("few")
                                        .withNamespace("rationed")
                                        .endMetadata()
                                        .withNewSpec()
                                        .withHard(one)
                                        .endSpec()
                                        .build())
                        .create();
        RULES.add(quota);
        quota =
                new ResourceQuotaBuilder(quota)
                        .withNewStatus()
                        .withHard(one)
                        .withUsed(Map.of("count/apikeys.apihub.io", new Quantity("0")))
                        .endStatus()
                        .build();
        cluster.admin().resource(quota).updateStatus();
        var tries = new ArrayList<HttpResponse<String>>();
        Poll.until(
                DEADLINE,
                () -> {
                    tries.add(make("rationed", "key-" + tries.size(), "any"));
                    return tries.getLast().statusCode() != 201;
                });

        var refused = json(tries.getLast(), 403);

        assertThat(refused.path("type").asString())
                .isEqualTo("urn:apihub:problem:refused-by-policy");
        assertThat(refused.path("detail").asString())
                .contains("exceeded quota: few", "limited: count/apikeys.apihub.io=1");
    }
}
