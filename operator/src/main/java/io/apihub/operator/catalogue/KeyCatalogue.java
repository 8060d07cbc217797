package io.apihub.operator.catalogue;

import io.apihub.crd.v1alpha1.ApiKey;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All ApiKeys by namespace and name: only what other kinds look at, whatever the keys' size. */
public final class KeyCatalogue implements ResourceEventHandler<ApiKey> {

    private final Map<String, Map<String, KeyEntry>> byNamespace = new ConcurrentHashMap<>();
    private final List<Consumer<KeyEntry>> listeners = new CopyOnWriteArrayList<>();

    /** Calls {@code listener} with each key that came, went or changed its labels. */
    public void onChange(Consumer<KeyEntry> listener) {
        listeners.add(listener);
    }

    /** The ApiKeys of a namespace that name a tenant. */
    public List<KeyEntry> keysOf(String namespace, String tenant) {
        return in(namespace).stream().filter(key -> key.tenant().equals(tenant)).toList();
    }

    /** All ApiKeys that say which models they may use. */
    public List<KeyEntry> withAllowedModels() {
        return byNamespace.values().stream()
                .flatMap(keys -> keys.values().stream())
                .filter(key -> !key.allowedModels().isEmpty())
                .toList();
    }

    private Collection<KeyEntry> in(String namespace) {
        return byNamespace.getOrDefault(namespace, Map.of()).values();
    }

    @Override
    public void onAdd(ApiKey key) {
        var entry = entry(key);
        tell(namespace(entry).put(entry.name(), entry), entry);
    }

    @Override
    public void onUpdate(ApiKey before, ApiKey key) {
        onAdd(key);
    }

    @Override
    public void onDelete(ApiKey key, boolean finalStateUnknown) {
        var gone = namespace(entry(key)).remove(key.getMetadata().getName());
        if (gone != null) {
            listeners.forEach(listener -> listener.accept(gone));
        }
    }

    private void tell(@Nullable KeyEntry before, KeyEntry now) {
        if (!Objects.equals(before, now)) {
            listeners.forEach(listener -> listener.accept(now));
        }
    }

    private Map<String, KeyEntry> namespace(KeyEntry entry) {
        return byNamespace.computeIfAbsent(entry.namespace(), n -> new ConcurrentHashMap<>());
    }

    private static KeyEntry entry(ApiKey key) {
        var metadata = key.getMetadata();
        var labels = metadata.getLabels();
        return new KeyEntry(
                UUID.fromString(metadata.getUid()),
                metadata.getNamespace(),
                metadata.getName(),
                key.getSpec().tenantRef().name(),
                labels == null ? Map.of() : labels,
                key.getSpec().allowedModels());
    }
}
