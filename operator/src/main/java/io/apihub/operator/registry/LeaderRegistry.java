package io.apihub.operator.registry;

import org.jspecify.annotations.Nullable;

/**
 * The registry of whatever term this replica leads; without one, every call fails and may be
 * retried.
 */
public final class LeaderRegistry implements Registry {

    private volatile @Nullable Registry current;

    /** Begins to write with {@code registry}; null ends it. */
    public void lead(@Nullable Registry registry) {
        current = registry;
    }

    public boolean isLeading() {
        return current != null;
    }

    @Override
    public Outcome put(RegistryRow row) {
        return required().put(row);
    }

    @Override
    public Outcome remove(RegistryKey key) {
        return required().remove(key);
    }

    private Registry required() {
        var registry = current;
        if (registry == null) {
            throw new RegistryUnavailableException(
                    "use the registry", new IllegalStateException("this replica does not lead"));
        }
        return registry;
    }
}
