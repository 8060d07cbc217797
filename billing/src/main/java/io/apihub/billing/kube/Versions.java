package io.apihub.billing.kube;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the informer itself keeps: of each object its name and version, no more. The objects are in
 * the {@link ObjectFeed}.
 */
final class Versions implements ItemStore<GenericKubernetesResource> {

    private final ConcurrentHashMap<String, GenericKubernetesResource> known =
            new ConcurrentHashMap<>();

    /** Versions of an API server are numbers that grow; what is none counts as the oldest. */
    static long number(@Nullable String version) {
        try {
            return version == null ? 0 : Long.parseLong(version);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @Override
    public String getKey(GenericKubernetesResource object) {
        return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public @Nullable GenericKubernetesResource put(String key, GenericKubernetesResource object) {
        return known.put(key, reduced(object));
    }

    private static GenericKubernetesResource reduced(GenericKubernetesResource object) {
        var metadata = object.getMetadata();
        var reduced = new GenericKubernetesResource();
        reduced.setMetadata(
                new ObjectMetaBuilder()
                        .withName(metadata.getName())
                        .withNamespace(metadata.getNamespace())
                        .withUid(metadata.getUid())
                        .withResourceVersion(metadata.getResourceVersion())
                        .build());
        return reduced;
    }

    @Override
    public @Nullable GenericKubernetesResource remove(String key) {
        return known.remove(key);
    }

    @Override
    public Stream<String> keySet() {
        return known.keySet().stream();
    }

    @Override
    public Stream<GenericKubernetesResource> values() {
        return known.values().stream();
    }

    @Override
    public int size() {
        return known.size();
    }

    @Override
    public @Nullable GenericKubernetesResource get(String key) {
        return known.get(key);
    }

    @Override
    public boolean isFullState() {
        return false;
    }
}
