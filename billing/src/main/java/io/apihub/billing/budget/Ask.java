package io.apihub.billing.budget;

import java.util.List;
import java.util.UUID;

/**
 * One grant request; all of its wants or none.
 *
 * @param incarnation the process that asks
 * @param seq unique within the incarnation: a repeat gets the same leases
 */
public record Ask(UUID incarnation, long seq, List<Want> wants) {

    public Ask {
        wants = List.copyOf(wants);
    }
}
