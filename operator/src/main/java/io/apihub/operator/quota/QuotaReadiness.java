package io.apihub.operator.quota;

import io.apihub.crd.v1alpha1.Quota;
import io.apihub.operator.status.Readiness;

/** What is said of a Quota that is in force. */
final class QuotaReadiness {

    private QuotaReadiness() {}

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
