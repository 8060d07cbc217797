package io.apihub.extauthz.policy;

import io.apihub.extauthz.key.KeyIndex;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything this gateway knows at one revision; immutable.
 *
 * @param tenants by the ordinal that keys refer to
 */
public record PolicySnapshot(
        String epoch,
        long revision,
        KeyIndex keys,
        List<Optional<TenantPolicy>> tenants,
        Map<String, ModelPolicy> models,
        PriceTimeline prices) {

    /** Nothing known yet: no epoch, revision 0. */
    public static final PolicySnapshot NONE =
            new PolicySnapshot("", 0, KeyIndex.EMPTY, List.of(), Map.of(), PriceTimeline.EMPTY);

    public PolicySnapshot {
        tenants = List.copyOf(tenants);
        models = Map.copyOf(models);
    }

    /** Null if the tenant is gone or not known yet: its keys are worth nothing. */
    public @Nullable TenantPolicy tenant(int ordinal) {
        return ordinal < tenants.size() ? tenants.get(ordinal).orElse(null) : null;
    }
}
