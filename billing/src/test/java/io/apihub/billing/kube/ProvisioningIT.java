package io.apihub.billing.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.TestSettings;
import io.apihub.crd.v1alpha1.LimitSpec;
import io.apihub.crd.v1alpha1.Tenant;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Tenants from templates, made with the provisioner's own rights under its policy. */
class ProvisioningIT {

    private static final UUID ANN = UUID.randomUUID();

    private static Cluster cluster;
    private static ApiServers servers;
    private static TenantProvisioning provisioning;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        cluster = Cluster.start();
        servers = new ApiServers(cluster.settings(TestDatabase.empty(), 10));
        provisioning = new KubernetesTenants(servers);
    }

    @AfterAll
    static void stop() {
        servers.close();
    }

    private static Tenant tenant(String name) {
        return cluster.admin().resources(Tenant.class).withName(name).get();
    }

    @Test
    void aRegistrationGetsItsTenantOnceHoweverOftenItAsks() {
        var id = provisioning.provision(ANN, "acme", "ACME 公司", "registration");

        assertThat(provisioning.provision(ANN, "acme", "ACME 公司", "registration")).isEqualTo(id);
        var made = tenant("acme");
        assertThat(made.getMetadata().getUid()).isEqualTo(id.toString());
        assertThat(made.getSpec().displayName()).isEqualTo("ACME 公司");
        assertThat(made.getSpec().namespace()).isEqualTo("tenant-acme");
        assertThat(made.getSpec().keys().max()).isEqualTo(20);
        assertThat(made.getSpec().limits()).hasSize(2);
    }

    @Test
    void aNameIsTakenByWhoWasFirst() {
        provisioning.provision(ANN, "first", "First", "registration");
        cluster.applyAs("kubectl", Cluster.tenant("by-hand"));

        for (var name : List.of("first", "by-hand")) {
            assertThatThrownBy(() ->
                            provisioning.provision(UUID.randomUUID(), name, "Me", "registration"))
                    .isInstanceOf(NameTaken.class);
        }
    }

    @Test
    void ofManyAtOnceOneGetsTheNameAndTheOthersAreTold()
            throws InterruptedException, ExecutionException {
        var answers = new ArrayList<Future<Boolean>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 10; i++) {
                answers.add(threads.submit((Callable<Boolean>) ProvisioningIT::getsTheName));
            }
        }
        int got = 0;
        for (var answer : answers) {
            got += answer.get() ? 1 : 0;
        }
        assertThat(got).isEqualTo(1);
    }

    private static boolean getsTheName() {
        try {
            provisioning.provision(UUID.randomUUID(), "wanted", "Me", "registration");
            return true;
        } catch (NameTaken e) {
            return false;
        }
    }

    @Test
    void everythingThatATemplateCanSayIsDone() {
        var templates = cluster.admin().configMaps().inNamespace("apihub-system");
        cluster.admin()
                .resource(
                        new ConfigMapBuilder(templates.withName("tenant-templates").get())
                                .addToData("full.priceFactor", "0.85")
                                .addToData("full.mode", "Postpaid")
                                .addToData("full.creditLimit", "100")
                                .addToData("full.maxKeys", "7")
                                .addToData("full.maxKeyTtl", "8760h")
                                .addToData("full.allowedModels", "gpt-* claude-*")
                                .addToData(
                                        "full.limits",
                                        """
                                        cost Cost Month 50.00 alert=80 alert=95 model=gpt-4*
                                        busy Concurrency - 5
                                        """)
                                .addToData("broken.priceFactor", "1")
                                .addToData("broken.limits", "rpm Requests\n")
                                .build())
                .update();
        provisioning.provision(UUID.randomUUID(), "full", "Full", "full");

        var spec = tenant("full").getSpec();
        assertThat(spec.namespace()).isEqualTo("full");
        assertThat(spec.billing().creditLimit()).isEqualTo("100");
        assertThat(spec.billing().priceFactor()).isEqualTo("0.85");
        assertThat(spec.allowedModels()).containsExactly("gpt-*", "claude-*");
        assertThat(spec.limits().getFirst().alertPercent()).containsExactly(80, 95);
        for (var bad : List.of("broken", "unheard-of")) {
            assertThatThrownBy(() -> provisioning.provision(ANN, "bad", "Bad", bad))
                    .isInstanceOf(ProvisioningFailed.class)
                    .hasMessageContaining(bad);
        }
        assertThat(tenant("bad")).isNull();
    }

    @Test
    void aTenantMovesBetweenTemplatesAsAWholeAndKeepsTheRest() {
        var terms = terms();
        var id = provisioning.provision(UUID.randomUUID(), "moves", "Moves", "registration");
        var templates = cluster.admin().configMaps().inNamespace("apihub-system");
        cluster.admin()
                .resource(
                        new ConfigMapBuilder(templates.withName("tenant-templates").get())
                                .addToData("moving.priceFactor", "0.5")
                                .addToData("moving.allowedModels", "gpt-*")
                                .addToData("moving.limits", "cost Cost Month 50.00 alert=80\n")
                                .build())
                .update();
        assertThat(terms.templates()).contains("moving", "registration");
        assertThat(terms.templateOf(id, "moves")).contains("registration");

        // The policy reads the templates a moment later than we.
        Rights.eventually(() -> applied(terms, id, "moving"));

        var moved = tenant("moves").getSpec();
        assertThat(terms.templateOf(id, "moves")).contains("moving");
        assertThat(moved.billing().priceFactor()).isEqualTo("0.5");
        assertThat(moved.allowedModels()).containsExactly("gpt-*");
        assertThat(moved.limits()).extracting(LimitSpec::name).containsExactly("cost");
        assertThat(moved.keys().max()).isEqualTo(20);
        var version = tenant("moves").getMetadata().getResourceVersion();
        terms.apply(id, "moves", "moving");
        assertThat(tenant("moves").getMetadata().getResourceVersion()).isEqualTo(version);

        terms.apply(id, "moves", "registration");

        var back = tenant("moves").getSpec();
        assertThat(back.billing().priceFactor()).isEqualTo("1");
        assertThat(back.allowedModels()).isEmpty();
        assertThat(back.limits()).extracting(LimitSpec::name).containsExactly("rpm", "busy");
    }

    private static TenantTerms terms() {
        return new KubernetesTenantTerms(
                servers, InstantSource.system(), JsonMapper.builder().build());
    }

    private static void applied(TenantTerms terms, UUID tenant, String template) {
        try {
            terms.apply(tenant, "moves", template);
        } catch (ProvisioningFailed e) {
            throw new KubernetesClientException(String.valueOf(e.getMessage()), e);
        }
    }

    @Test
    void aTenantThatSomebodyElseKeepsOrThatIsAnotherOneIsLetAlone() {
        var terms = terms();
        var made =
                cluster.applyAs(
                        "argocd-controller",
                        """
                        apiVersion: apihub.io/v1alpha1
                        kind: Tenant
                        metadata: {name: kept}
                        spec: {namespace: kept, billing: {priceFactor: "2"}}
                        """);
        var id = UUID.fromString(made.getMetadata().getUid());

        assertThat(terms.templateOf(id, "kept")).isEmpty();
        assertThatThrownBy(() -> terms.apply(id, "kept", "registration"))
                .isInstanceOf(ProvisioningFailed.class)
                .hasMessageContaining("argocd-controller");
        assertThatThrownBy(() -> terms.apply(UUID.randomUUID(), "kept", "registration"))
                .hasMessageContaining("another one");
        assertThatThrownBy(() -> terms.apply(id, "nobody", "registration"))
                .isInstanceOf(ProvisioningFailed.class);
        assertThatThrownBy(() -> terms.apply(id, "kept", "unheard-of"))
                .hasMessageContaining("unheard-of");
        assertThat(tenant("kept").getSpec().billing().priceFactor()).isEqualTo("2");
    }

    @Test
    void withoutKubernetesItSaysWhatToSet() {
        var none = new KubernetesTenants(new ApiServers(TestSettings.unreachable()));

        assertThatThrownBy(() -> none.provision(ANN, "acme", "ACME", "registration"))
                .isInstanceOf(ProvisioningFailed.class)
                .hasMessageContaining("APIHUB_PROVISIONER_KUBECONFIG");
    }
}
