package io.apihub.operator.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.operator.status.Readiness;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
@SuppressWarnings("NullAway.Init") // the extension sets them
class TenantNamespacesTest {

    KubernetesClient client;
    KubernetesMockServer server;

    @Test
    void aMissingNamespaceIsMadeWithItsBinding() {
        assertThat(namespaces().ensure("acme", "acme")).isEmpty();
        assertThat(namespaces().ensure("acme", "acme")).isEmpty();

        assertThat(client.namespaces().withName("acme").get().getMetadata().getLabels())
                .containsEntry("apihub.io/managed", "true");
        var binding =
                client.rbac()
                        .roleBindings()
                        .inNamespace("acme")
                        .withName("apihub-key-writer")
                        .get();
        assertThat(binding.getSubjects().getFirst().getNamespace()).isEqualTo("apihub-system");
    }

    @Test
    void aNamespaceThatWasThereIsLeftAsItIs() {
        var own = new NamespaceBuilder().withNewMetadata().withName("acme").endMetadata().build();
        client.resource(own).create();

        assertThat(namespaces().ensure("acme", "acme")).isEmpty();

        assertThat(client.rbac().roleBindings().inNamespace("acme").list().getItems()).isEmpty();
    }

    @Test
    void namespacesOfTheClusterAreReserved() {
        assertThat(namespaces().isReserved("kube-system")).isTrue();
        assertThat(namespaces().isReserved("default")).isTrue();
        assertThat(namespaces().isReserved("apihub-system")).isTrue();
        assertThat(namespaces().isReserved("acme")).isFalse();
    }

    @Test
    void aRightThatIsMissingIsSaid() {
        server.expect()
                .get()
                .withPath("/api/v1/namespaces/denied")
                .andReturn(403, "{\"kind\":\"Status\",\"code\":403,\"message\":\"no\"}")
                .always();

        assertThat(namespaces().ensure("denied", "acme").map(Readiness::reason))
                .contains("NamespaceForbidden");
    }

    private TenantNamespaces namespaces() {
        return new TenantNamespaces(client, "apihub-system");
    }
}
