package io.apihub.billing.budget;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The limits of a {@link MemoryCreditStore}, as the registry has them. */
final class MemoryLimits {

    private final Map<LimitName, Limit> limits = new HashMap<>();
    private final List<LimitHome> changed = new ArrayList<>();

    void put(LimitName name, Limit limit) {
        limits.put(name, limit);
        changed(LimitHome.of(name));
    }

    void remove(LimitName name) {
        limits.remove(name);
        changed(LimitHome.of(name));
    }

    void changed(LimitHome home) {
        changed.add(home);
    }

    Map<LimitName, Limit> of(Collection<LimitName> names) {
        var found = new HashMap<LimitName, Limit>();
        for (var name : names) {
            var limit = limits.get(name);
            if (limit != null) {
                found.put(name, limit);
            }
        }
        return found;
    }

    /** A revision is a number of changes made. */
    CreditStore.Changes changes(long since) {
        var homes = new LinkedHashSet<>(changed.subList((int) since, changed.size()));
        var shadows = new ArrayList<ShadowLimits.Of>();
        for (var home : homes) {
            if (!home.quota().isEmpty()) {
                shadows.add(new ShadowLimits.Of(home, shadows(home)));
            }
        }
        return new CreditStore.Changes(changed.size(), List.copyOf(homes), shadows);
    }

    private List<ShadowLimit> shadows(LimitHome home) {
        var shadows = new ArrayList<ShadowLimit>();
        limits.forEach((name, limit) -> {
            if (!limit.enforced() && LimitHome.of(name).equals(home)) {
                shadows.add(new ShadowLimit(name, limit, true, Set.of(), List.of()));
            }
        });
        return shadows;
    }
}
