package io.apihub.billing.budget;

import io.apihub.model.price.ModelPattern;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * A limit that refuses nothing: it is counted at settlement.
 *
 * @param allKeys every key of the tenant; else those in {@code keys}
 * @param models empty: every model
 */
public record ShadowLimit(
        LimitName name, Limit limit, boolean allKeys, Set<UUID> keys, List<ModelPattern> models) {

    public ShadowLimit {
        keys = Set.copyOf(keys);
        models = List.copyOf(models);
    }

    /** Whether a request of a key for a model counts. */
    public boolean applies(UUID key, String model) {
        return (allKeys || keys.contains(key))
                && (models.isEmpty()
                        || models.stream().anyMatch(pattern -> pattern.matches(model)));
    }
}
