package io.apihub.operator.quota;

import io.apihub.crd.v1alpha1.LimitSpec;
import io.apihub.crd.v1alpha1.Quota;
import io.apihub.operator.status.Readiness;
import java.util.List;
import java.util.stream.Collectors;

/** What is said of a Quota that is in force. */
final class QuotaReadiness {

    private QuotaReadiness() {}

    private static boolean countsSlots(LimitSpec limit) {
        return limit.metric() == LimitSpec.Metric.CONCURRENCY;
    }

    /** Shadow counts what ended; how many were in flight at once is not to be had from that. */
    private static Readiness notCounted(List<LimitSpec> slots) {
        return Readiness.stalled(
                "NotEnforced",
                "Concurrency is not counted in Shadow: %s; remove it here, or set mode: Enforce. All other limits are counted"
                        .formatted(
                                slots.stream()
                                        .map(LimitSpec::name)
                                        .collect(Collectors.joining(", "))));
    }

    static Readiness of(Quota.Spec spec, KeySelection selection) {
        if (!selection.missing().isEmpty()) {
            return Readiness.waiting(
                    "KeyNotFound",
                    "the tenant has no ApiKey named %s; %s"
                            .formatted(
                                    String.join(", ", selection.missing()),
                                    selection.uids().isEmpty()
                                            ? "nothing is limited until it has"
                                            : "the others are limited"));
        }
        boolean shadow = spec.mode() == Quota.Mode.SHADOW;
        var slots = spec.limits().stream().filter(QuotaReadiness::countsSlots).toList();
        if (shadow && !slots.isEmpty()) {
            return notCounted(slots);
        }
        if (!selection.all() && selection.uids().isEmpty()) {
            return Readiness.ready(
                    "NoKeys",
                    "no ApiKey has the labels of spec.selector; nothing is %s until one has"
                            .formatted(shadow ? "counted" : "limited"));
        }
        return shadow
                ? Readiness.ready(
                        "Shadow",
                        "every limit is counted and nothing is refused; billing counts what Enforce would have refused")
                : Readiness.ready("every limit is enforced");
    }
}
