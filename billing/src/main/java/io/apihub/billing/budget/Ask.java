package io.apihub.billing.budget;

import java.util.List;

/**
 * One grant request; all of its wants or none.
 *
 * @param request who asks; the number is unique within the incarnation: a repeat gets the same
 *     leases
 */
public record Ask(Lease.Request request, List<Want> wants) {

    public Ask {
        wants = List.copyOf(wants);
    }
}
