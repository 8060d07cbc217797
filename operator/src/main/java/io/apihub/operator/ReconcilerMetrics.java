package io.apihub.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the reconcilers do, by kind: never by object, of which there may be 100,000. */
final class ReconcilerMetrics implements Metrics {

    private static final String PREFIX = "apihub_operator_";

    private final MeterRegistry registry;

    ReconcilerMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
        var sample = Timer.start(registry);
        var outcome = "failure";
        try {
            T result = execution.execute();
            outcome = "success";
            return result;
        } finally {
            sample.stop(
                    Timer.builder(PREFIX + "reconcile")
                            .tag("controller", execution.controllerName())
                            .tag("action", execution.name())
                            .tag("outcome", outcome)
                            .register(registry));
        }
    }

    @Override
    public void reconcileCustomResource(
            HasMetadata resource, @Nullable RetryInfo retry, Map<String, Object> metadata) {
        if (retry != null && retry.getAttemptCount() > 0) {
            registry.counter(PREFIX + "reconcile_retries", "kind", resource.getKind()).increment();
        }
    }
}
