package io.apihub.operator.registry;

import java.time.Instant;
import java.util.List;

/** Where billing says which limits are used up or near it. */
public interface LimitStateSource {

    /**
     * All states that say something now.
     *
     * @throws RegistryUnavailableException if it can't be read; retry
     */
    Reading holding();

    /**
     * All states that were written since an instant of an earlier reading, whatever they say.
     *
     * @throws RegistryUnavailableException if it can't be read; retry
     */
    Reading changedSince(Instant since);

    /**
     * What was found.
     *
     * @param at the source's clock before it was read
     */
    record Reading(Instant at, List<LimitState> states) {
        public Reading {
            states = List.copyOf(states);
        }
    }
}
