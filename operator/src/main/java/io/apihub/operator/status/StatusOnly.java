package io.apihub.operator.status;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;

/**
 * Server-side apply of a status: a fresh object with nothing but its identity and its status, or
 * the apply would claim the user's fields.
 */
public final class StatusOnly {

    private static final String FIELD_MANAGER = "apihub-operator-status";

    private StatusOnly() {}

    /** Applies what {@link #of} made. */
    public static void apply(KubernetesClient client, CustomResource<?, ?> statusOnly) {
        var context = PatchContext.of(PatchType.SERVER_SIDE_APPLY);
        context.setFieldManager(FIELD_MANAGER);
        context.setForce(true);
        client.resource(statusOnly).subresource("status").patch(context);
    }

    static CustomResource<?, ?> of(CustomResource<?, ?> resource, Object status) {
        try {
            CustomResource<?, ?> fresh = resource.getClass().getDeclaredConstructor().newInstance();
            var metadata = resource.getMetadata();
            // With the uid a resource of the same name that came later is not touched.
            fresh.setMetadata(
                    new ObjectMetaBuilder()
                            .withName(metadata.getName())
                            .withNamespace(metadata.getNamespace())
                            .withUid(metadata.getUid())
                            .build());
            setStatus(fresh, status);
            return fresh;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(resource.getKind() + " can't be made", e);
        }
    }

    @SuppressWarnings("unchecked") // the status came from the same kind
    private static <S> void setStatus(CustomResource<?, S> resource, Object status) {
        resource.setStatus((S) status);
    }
}
