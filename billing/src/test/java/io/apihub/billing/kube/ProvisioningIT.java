package io.apihub.billing.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.TestSettings;
import io.apihub.crd.v1alpha1.Tenant;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.io.IOException;
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
    static void stop() throws IOException {
        servers.close();
        cluster.close();
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
    void withoutKubernetesItSaysWhatToSet() {
        var none = new KubernetesTenants(new ApiServers(TestSettings.unreachable()));

        assertThatThrownBy(() -> none.provision(ANN, "acme", "ACME", "registration"))
                .isInstanceOf(ProvisioningFailed.class)
                .hasMessageContaining("APIHUB_PROVISIONER_KUBECONFIG");
    }
}
