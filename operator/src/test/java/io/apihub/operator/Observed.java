package io.apihub.operator;

import io.apihub.crd.v1alpha1.ApiKey;
import io.apihub.crd.v1alpha1.Condition;
import io.apihub.crd.v1alpha1.PriceBook;
import io.apihub.crd.v1alpha1.Quota;
import io.apihub.crd.v1alpha1.Tenant;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an object's status says. */
final class Observed {

    private Observed() {}

    static boolean is(CustomResource<?, ?> resource, String type, String status) {
        return conditions(resource).stream()
                .anyMatch(one -> one.type().equals(type) && one.status().equals(status));
    }

    static @Nullable String reason(CustomResource<?, ?> resource, String type) {
        return conditions(resource).stream()
                .filter(one -> one.type().equals(type))
                .map(Condition::reason)
                .findFirst()
                .orElse(null);
    }

    static String message(CustomResource<?, ?> resource, String type) {
        return conditions(resource).stream()
                .filter(one -> one.type().equals(type))
                .map(Condition::message)
                .findFirst()
                .orElseThrow();
    }

    private static List<Condition> conditions(CustomResource<?, ?> resource) {
        return switch (resource.getStatus()) {
            case Tenant.Status status -> status.conditions();
            case ApiKey.Status status -> status.conditions();
            case Quota.Status status -> status.conditions();
            case PriceBook.Status status -> status.conditions();
            case null, default -> List.of();
        };
    }
}
