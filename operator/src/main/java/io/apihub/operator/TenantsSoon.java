package io.apihub.operator;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Gathers the tenants whose keys come and go, so that a burst of keys counts once for each. */
final class TenantsSoon implements AutoCloseable {

    private static final int INTERVAL_MILLIS = 2_000;

    private final Set<String> changed = ConcurrentHashMap.newKeySet();
    private final Consumer<String> listener;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("tenants-soon").factory());

    TenantsSoon(Consumer<String> listener) {
        this.listener = listener;
        var ticking =
                timer.scheduleWithFixedDelay(
                        this::tell, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        if (ticking.isCancelled()) {
            throw new IllegalStateException("the timer did not start");
        }
    }

    void add(String tenant) {
        changed.add(tenant);
    }

    private void tell() {
        for (var tenant : Set.copyOf(changed)) {
            changed.remove(tenant);
            listener.accept(tenant);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
