package io.apihub.operator.catalogue;

import io.apihub.crd.v1alpha1.Tenant;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** All Tenants by name. */
public final class TenantCatalogue implements ResourceEventHandler<Tenant> {

    private final Map<String, Tenant> byName = new ConcurrentHashMap<>();
    private final List<Consumer<Tenant>> listeners = new CopyOnWriteArrayList<>();

    /** Calls {@code listener} with each Tenant that came, went, or has another spec. */
    public void onChange(Consumer<Tenant> listener) {
        listeners.add(listener);
    }

    /** The Tenant of a name, unless it is being deleted. */
    public Optional<Tenant> find(String name) {
        return Optional.ofNullable(byName.get(name))
                .filter(tenant -> tenant.getMetadata().getDeletionTimestamp() == null);
    }

    /** All of them. */
    public List<Tenant> all() {
        return List.copyOf(byName.values());
    }

    @Override
    public void onAdd(Tenant tenant) {
        var before = byName.put(tenant.getMetadata().getName(), tenant);
        if (before == null || differ(before, tenant)) {
            listeners.forEach(listener -> listener.accept(tenant));
        }
    }

    private static boolean differ(Tenant before, Tenant now) {
        return !before.getMetadata().getUid().equals(now.getMetadata().getUid())
                || !Objects.equals(
                        before.getMetadata().getGeneration(), now.getMetadata().getGeneration());
    }

    @Override
    public void onUpdate(Tenant before, Tenant tenant) {
        onAdd(tenant);
    }

    @Override
    public void onDelete(Tenant tenant, boolean finalStateUnknown) {
        byName.remove(tenant.getMetadata().getName());
        listeners.forEach(listener -> listener.accept(tenant));
    }
}
