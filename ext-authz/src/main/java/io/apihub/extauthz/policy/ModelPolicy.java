package io.apihub.extauthz.policy;

import io.apihub.model.usage.Dialect;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model that clients may name.
 *
 * @param upstreamName the name to send upstream
 * @param pools Envoy's cluster for each protocol of {@code Upstream.spec.protocols}
 * @param alwaysSendsUsage whether its streams carry usage without being asked
 */
public record ModelPolicy(
        String name,
        String upstreamName,
        Map<String, String> pools,
        ModelFigures figures,
        boolean alwaysSendsUsage) {

    public ModelPolicy {
        pools = Map.copyOf(pools);
    }

    /** The cluster that serves a dialect; null if no upstream does. */
    public @Nullable String pool(Dialect dialect) {
        return pools.get(dialect.protocol());
    }
}
