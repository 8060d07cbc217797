package io.apihub.billing.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The one watch of a kind, for all streams. Reconnects by itself, for ever. */
final class ObjectInformer
        implements ResourceEventHandler<GenericKubernetesResource>, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ObjectInformer.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ResourceKind kind;
    private final KubernetesClient client;
    private final ObjectFeed feed = new ObjectFeed();
    private final SharedIndexInformer<GenericKubernetesResource> informer;

    ObjectInformer(ResourceKind kind, KubernetesClient client) {
        this.kind = kind;
        this.client = client;
        var context =
                new ResourceDefinitionContext.Builder()
                        .withGroup("apihub.io")
                        .withVersion("v1alpha1")
                        .withKind(kind.kind())
                        .withPlural(kind.plural())
                        .withNamespaced(kind != ResourceKind.TENANT)
                        .build();
        this.informer =
                client.genericKubernetesResources(context)
                        .runnableInformer(0)
                        .itemStore(new Versions())
                        .exceptionHandler((started, failure) -> {
                            LOG.warn("watching {}: {}", kind.plural(), failure.toString());
                            return true;
                        })
                        .addEventHandler(this);
        var _ = informer.start();
    }

    /** Whether all that there is has arrived, once. */
    boolean hasSynced() {
        if (!informer.hasSynced()) {
            return false;
        }
        feed.complete(Versions.number(informer.lastSyncResourceVersion()));
        return true;
    }

    ObjectFeed feed() {
        return feed;
    }

    @Override
    public void onAdd(GenericKubernetesResource object) {
        feed.put(part(object), name(object), version(object), json(object));
    }

    @Override
    public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource object) {
        onAdd(object);
    }

    @Override
    public void onDelete(GenericKubernetesResource object, boolean finalStateUnknown) {
        feed.remove(part(object), name(object), version(object), json(object));
    }

    private String part(GenericKubernetesResource object) {
        return kind == ResourceKind.TENANT ? name(object) : object.getMetadata().getNamespace();
    }

    private static String name(GenericKubernetesResource object) {
        return object.getMetadata().getName();
    }

    private static long version(GenericKubernetesResource object) {
        return Versions.number(object.getMetadata().getResourceVersion());
    }

    private String json(GenericKubernetesResource object) {
        var text = client.getKubernetesSerialization().asJson(object);
        if (JSON.readTree(text) instanceof ObjectNode node) {
            var shown = kind == ResourceKind.TENANT ? Shown.tenant(node) : Shown.object(node);
            return JSON.writeValueAsString(shown);
        }
        throw new IllegalStateException("an object is not an object");
    }

    @Override
    public void close() {
        informer.close();
    }
}
