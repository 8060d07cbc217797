package io.apihub.operator.apikey;

import io.apihub.crd.v1alpha1.ApiKey;
import io.apihub.crd.v1alpha1.Tenant;
import io.apihub.operator.registry.Outcome.Refused;
import io.apihub.operator.status.Readiness;
import io.apihub.operator.status.Unenforced;
import java.util.List;

/** What is said of an ApiKey, in words that tell what to do. */
final class Verdicts {

    private Verdicts() {}

    static Readiness inForce(ApiKey key) {
        return key.getSpec().rotation() == null
                ? Readiness.ready(
                        "the declared state is in force; Active says whether it is let in")
                : Unenforced.readiness(List.of("spec.rotation"));
    }

    static Readiness tenantNotFound(ApiKey key) {
        return Readiness.waiting(
                "TenantNotFound",
                "there is no Tenant %s; the key is refused until there is"
                        .formatted(key.getSpec().tenantRef().name()));
    }

    static Readiness otherNamespace(ApiKey key, Tenant tenant) {
        return Readiness.stalled(
                "NamespaceMismatch",
                "Tenant %s has namespace %s, not %s; create the ApiKey there"
                        .formatted(
                                tenant.getMetadata().getName(),
                                tenant.getSpec().namespace(),
                                key.getMetadata().getNamespace()));
    }

    static Readiness refused(Refused no) {
        return switch (no.refusal()) {
            case KEY_ID_CONFLICT ->
                    Readiness.stalled(
                            "KeyIdConflict",
                            "ApiKey %s of this tenant has the same key id; mint a key with another one"
                                    .formatted(no.by()));
            case KEY_ID_EXHAUSTED ->
                    Readiness.stalled(
                            "KeyIdConflict",
                            "four keys of other tenants have the same key id; mint a key with another one");
            case DIGEST_RETIRED ->
                    Readiness.stalled(
                            "HashRetired",
                            "a hash of this key was taken out of use at %s and does not come back; mint a new key"
                                    .formatted(no.by()));
            case TOO_MANY_KEYS ->
                    Readiness.stalled(
                            "TooManyKeys",
                            "the tenant has %s keys, as many as spec.keys.max of its Tenant allows; delete one"
                                    .formatted(no.by()));
            case DELETED ->
                    Readiness.stalled(
                            "Deleted",
                            "this ApiKey was deleted at %s and does not come back; create it anew"
                                    .formatted(no.by()));
            case NAMESPACE_TAKEN, SAME_INSTANT ->
                    throw new IllegalStateException("an ApiKey can't be refused so: " + no);
        };
    }
}
