package io.apihub.billing.kube;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.apihub.crd.v1alpha1.Tenant;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Tries what a ServiceAccount may do. */
final class Rights {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Rights() {}

    static boolean passes(Runnable change) {
        try {
            change.run();
            return true;
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    private static boolean isRefusedByAPolicy(Runnable change) {
        try {
            change.run();
            return false;
        } catch (KubernetesClientException e) {
            return String.valueOf(e.getMessage()).contains("ValidatingAdmissionPolicy");
        }
    }

    static HasMetadata dryRun(KubernetesClient client, String manager, String yaml) {
        var object = Serialization.unmarshal(yaml, GenericKubernetesResource.class);
        return client.resource(object).dryRun(true).fieldManager(manager).serverSideApply();
    }

    static HasMetadata apply(KubernetesClient client, String manager, String yaml) {
        var object = Serialization.unmarshal(yaml, GenericKubernetesResource.class);
        return client.resource(object).fieldManager(manager).serverSideApply();
    }

    static void refused(ThrowingCallable change, String words) {
        assertThatExceptionOfType(KubernetesClientException.class)
                .isThrownBy(change)
                .matches(refusal -> refusal.getCode() == 403, "a 403")
                .withMessageContaining(words);
    }

    static void patch(
            KubernetesClient client,
            String manager,
            Class<? extends HasMetadata> type,
            String name,
            String patch) {
        var how =
                new PatchContext.Builder()
                        .withPatchType(PatchType.JSON_MERGE)
                        .withFieldManager(manager)
                        .build();
        if (type == Tenant.class) {
            client.resources(type).withName(name).patch(how, patch);
        } else {
            client.resources(type).inNamespace("acme").withName(name).patch(how, patch);
        }
    }

    static void eventually(Runnable change) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!passes(change)) {
            if (System.nanoTime() > deadline) {
                change.run();
            }
            LockSupport.parkNanos(50_000_000);
        }
    }

    /**
     * The API server takes a policy up a moment after it was created, and the role too: without the
     * latter it refuses by itself.
     */
    static void untilRefused(Runnable change) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!isRefusedByAPolicy(change)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the policy does not work");
            }
            LockSupport.parkNanos(50_000_000);
        }
    }
}
