package io.apihub.crd.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whoever may edit a tenant's namespace owns its Quotas, but not those of the platform. */
@ExtendWith(ApiServer.class)
class PlatformQuotasIT {

    private static final AtomicInteger NAMESPACES = new AtomicInteger();
    private static final String REFUSAL = "create a Quota with spec.owner: Tenant";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    // A deleted namespace takes a while to go.
    private final String namespace = "guarded-" + NAMESPACES.incrementAndGet();
    private final KubernetesClient admin;
    private final KubernetesClient tenant;
    private final KubernetesClient platform;
    private final List<HasMetadata> created = new ArrayList<>();

    /** Of the whole cluster: the same for all tests, as one that is made anew works only later. */
    private static final List<HasMetadata> POLICY = new ArrayList<>();

    PlatformQuotasIT(ApiServer.Running server) {
        this.admin = server.client();
        this.tenant = as("a-tenant");
        this.platform = as("the-platform");
    }

    @BeforeAll
    static void installThePolicy(ApiServer.Running server) {
        for (var file : Yaml.files(Yaml.MANIFESTS.resolve("rbac"))) {
            var text = Yaml.text(file).getBytes(StandardCharsets.UTF_8);
            for (var object : server.client().load(new ByteArrayInputStream(text)).items()) {
                POLICY.add(server.client().resource(object).forceConflicts().serverSideApply());
            }
        }
    }

    @AfterAll
    static void removeThePolicy(ApiServer.Running server) {
        POLICY.reversed().forEach(object -> server.client().resource(object).delete());
    }

    @BeforeEach
    void makeTheQuotas() {
        create(new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build());
        bind("a-tenant", "apihub-edit");
        bind("a-tenant", "apihub-view");
        bind("the-platform", "apihub-platform-quotas");
        admin.resource(quota("ceiling", "Platform", 60)).create();
        admin.resource(quota("own", "Tenant", 60)).create();
        awaitThePolicy();
    }

    /** The API server takes rights and policies up a moment after they were created. */
    private void awaitThePolicy() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!refusedByThePolicy() || !platformMay()) {
            assertThat(System.nanoTime()).as("the policy works").isLessThan(deadline);
            LockSupport.parkNanos(50_000_000);
        }
    }

    private boolean platformMay() {
        try {
            platform.resource(quota("ceiling", "Platform", 61)).dryRun(true).update();
            return true;
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    /** Not for want of the right to change quotas, which may come before the policy or after it. */
    private boolean refusedByThePolicy() {
        try {
            tenant.resource(quota("ceiling", "Platform", 61)).dryRun(true).update();
            return false;
        } catch (KubernetesClientException e) {
            return String.valueOf(e.getMessage()).contains(REFUSAL);
        }
    }

    @AfterEach
    void remove() {
        created.reversed().forEach(object -> admin.resource(object).delete());
        admin.resources(Quota.class).inNamespace(namespace).delete();
        tenant.close();
        platform.close();
    }

    @Test
    void aTenantDoesAsItLikesWithItsOwn() {
        tenant.resource(quota("more", "Tenant", 1)).create();
        tenant.resource(quota("own", "Tenant", 61)).update();
        quotas(tenant).withName("own").delete();

        assertThat(names()).containsExactlyInAnyOrder("ceiling", "more");
    }

    @Test
    void aTenantCanNeitherMakeNorChangeNorDeleteThePlatforms() {
        refused(() -> tenant.resource(quota("ceiling", "Platform", 1_000)).update());
        refused(() -> tenant.resource(quota("fake", "Platform", 1)).create());
        refused(() -> tenant.resource(quota("unsaid", null, 1)).create());
        refused(() -> quotas(tenant).withName("ceiling").delete());
        // With options, without which the JDK's client would send a GET.
        refused(() -> tenant.raw(uri(), "DELETE", new DeleteOptions()));

        assertThat(names()).contains("ceiling");
        var amount = quotas(admin).withName("ceiling").get().getSpec().limits().getFirst().amount();
        assertThat(amount).isEqualTo(new Amount.Count(60));
    }

    @Test
    void labelsAndFinalizersAreNobodysLimits() {
        var labelled =
                quotas(tenant)
                        .withName("ceiling")
                        .edit(quota -> {
                            quota.getMetadata().setLabels(Map.of("seen", "yes"));
                            return quota;
                        });

        assertThat(labelled.getMetadata().getLabels()).containsEntry("seen", "yes");
    }

    @Test
    void theRightIsAllThatIsNeeded() {
        platform.resource(quota("second", "Platform", 1)).create();
        platform.resource(quota("ceiling", "Platform", 61)).update();
        quotas(platform).withName("ceiling").delete();

        assertThat(names()).containsExactlyInAnyOrder("own", "second");
    }

    @Test
    void aNamespaceThatEndsTakesThemWithIt() {
        try (var controller = as("system:serviceaccount:kube-system:namespace-controller")) {
            quotas(controller).delete();
        }

        assertThat(names()).isEmpty();
    }

    private static void refused(ThrowingCallable change) {
        assertThatExceptionOfType(KubernetesClientException.class)
                .isThrownBy(change)
                .matches(refusal -> refusal.getCode() == 403)
                .withMessageContaining(REFUSAL);
    }

    private String uri() {
        return "/apis/apihub.io/v1alpha1/namespaces/" + namespace + "/quotas";
    }

    private List<String> names() {
        return quotas(admin).list().getItems().stream()
                .map(quota -> quota.getMetadata().getName())
                .toList();
    }

    private NonNamespaceOperation<Quota, KubernetesResourceList<Quota>, Resource<Quota>> quotas(
            KubernetesClient client) {
        return client.resources(Quota.class).inNamespace(namespace);
    }

    private Quota quota(String name, @Nullable String owner, int amount) {
        return Serialization.unmarshal(
                """
                apiVersion: apihub.io/v1alpha1
                kind: Quota
                metadata: {name: %s, namespace: %s}
                spec:
                  tenantRef: {name: acme}
                  %s
                  limits: [{name: rpm, metric: Requests, window: Minute, amount: %d}]
                """
                        .formatted(name, namespace, owner == null ? "" : "owner: " + owner, amount),
                Quota.class);
    }

    private void bind(String user, String role) {
        create(
                new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName(user + "-" + role)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
                        .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                        .build());
    }

    private void create(HasMetadata object) {
        created.add(admin.resource(object).forceConflicts().serverSideApply());
    }

    private KubernetesClient as(String user) {
        var config =
                new ConfigBuilder(admin.getConfiguration()).withImpersonateUsername(user).build();
        return new KubernetesClientBuilder().withConfig(config).build();
    }
}
