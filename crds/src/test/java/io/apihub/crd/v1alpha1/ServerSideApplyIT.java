package io.apihub.crd.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two programs own parts of one object: they merge, and neither overwrites the other unasked. */
@ExtendWith(ApiServer.class)
class ServerSideApplyIT {

    private static final String RPM = "{name: rpm, metric: Requests, window: Minute, amount: 600}";
    private static final String DAILY = "{name: daily, metric: Cost, window: Day, amount: \"50\"}";

    private final KubernetesClient client;

    ServerSideApplyIT(ApiServer.Running server) {
        this.client = server.client();
    }

    @AfterEach
    void deleteTheQuota() {
        client.resources(Quota.class).inNamespace("acme").withName("shared").delete();
    }

    @Test
    void limitsOfTwoManagersMergeByName() {
        apply("argocd", RPM);
        var both = apply("apihub-portal", DAILY);

        assertThat(limits(both)).containsExactlyInAnyOrder("rpm", "daily");
    }

    @Test
    void aManagerThatLeavesALimitOutRemovesItsOwnOnly() {
        apply("argocd", RPM);
        apply("apihub-portal", DAILY);

        var left = apply("apihub-portal", RPM);

        assertThat(limits(left)).containsExactly("rpm");
    }

    @Test
    void aManagerThatChangesAnothersFieldGetsAConflictThatNamesIt() {
        apply("argocd", RPM);

        assertThatExceptionOfType(KubernetesClientException.class)
                .isThrownBy(() -> apply("apihub-portal", RPM.replace("600", "6000")))
                .matches(refused -> refused.getCode() == 409)
                .withMessageContaining("argocd")
                .withMessageContaining(".spec.limits[name=\"rpm\"].amount");
    }

    @Test
    void theOperatorsStatusAndTheUsersSpecDontTouchEachOther() {
        apply("argocd", RPM);
        applyStatus(new Condition("Ready", Condition.TRUE, "InForce", "", Instant.EPOCH, 1L));

        var after = apply("argocd", DAILY);
        var status = quota().getStatus();

        assertThat(limits(after)).containsExactly("daily");
        assertThat(status.observedGeneration()).isEqualTo(1);
        assertThat(status.conditions()).extracting(Condition::reason).containsExactly("InForce");
        assertThat(quota().getMetadata().getGeneration()).isEqualTo(2);
    }

    @Test
    void aStatusFromTheOperatorReplacesThePendingOne() {
        apply("argocd", RPM);

        applyStatus(new Condition("Ready", Condition.FALSE, "NotEnforced", "", Instant.EPOCH, 1L));

        assertThat(quota().getStatus().conditions())
                .extracting(Condition::reason)
                .containsExactly("NotEnforced");
    }

    private void applyStatus(Condition condition) {
        var status = new Quota();
        status.getMetadata().setName("shared");
        status.getMetadata().setNamespace("acme");
        status.setStatus(new Quota.Status(1L, List.of(condition), 0));
        client.resource(status)
                .subresource("status")
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                                .withFieldManager("apihub-operator")
                                .withForce(true)
                                .build());
    }

    private Quota quota() {
        return client.resources(Quota.class).inNamespace("acme").withName("shared").require();
    }

    private GenericKubernetesResource apply(String manager, String limit) {
        var quota =
                """
                apiVersion: apihub.io/v1alpha1
                kind: Quota
                metadata: {name: shared, namespace: acme}
                spec:
                  tenantRef: {name: acme}
                  limits: [%s]
                """
                        .formatted(limit);
        return client.resource(Serialization.unmarshal(quota, GenericKubernetesResource.class))
                .fieldManager(manager)
                .serverSideApply();
    }

    private static List<String> limits(GenericKubernetesResource quota) {
        return Yaml.documents(Serialization.asJson(quota))
                .getFirst()
                .at("/spec/limits")
                .findValuesAsText("name");
    }
}
