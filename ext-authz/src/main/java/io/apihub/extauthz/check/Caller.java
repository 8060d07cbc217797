package io.apihub.extauthz.check;

import io.apihub.extauthz.key.KeyFacts;
import io.apihub.extauthz.policy.TenantPolicy;
import io.apihub.extauthz.quota.KeyUid;
import io.apihub.model.price.ModelPattern;
import java.util.List;

/** Who sends a request: a live key of a live tenant. */
record Caller(TenantPolicy tenant, KeyFacts key) {

    /** Both lists must allow it; an empty one allows everything. */
    boolean mayUse(String model) {
        var rare = key.rare();
        return allows(tenant.allowedModels(), model)
                && (rare == null || allows(rare.allowedModels(), model));
    }

    private static boolean allows(List<ModelPattern> patterns, String model) {
        if (patterns.isEmpty()) {
            return true;
        }
        for (var pattern : patterns) {
            if (pattern.matches(model)) {
                return true;
            }
        }
        return false;
    }

    KeyUid keyUid() {
        return new KeyUid(key.uidHigh(), key.uidLow());
    }
}
