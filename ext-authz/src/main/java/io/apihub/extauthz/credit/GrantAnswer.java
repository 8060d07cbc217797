package io.apihub.extauthz.credit;

import io.apihub.credit.v1.Lease;
import io.apihub.credit.v1.Refusal;
import java.util.List;

/** What billing says to a request for leases: all of it or none. */
sealed interface GrantAnswer {

    /**
     * New leases.
     *
     * @param leases in the order of the wants
     * @param at from the first sending of the request to the answer
     */
    record Granted(List<Lease> leases, BillingTime at) implements GrantAnswer {}

    /**
     * Something has less than was needed.
     *
     * @param refusals at least one
     */
    record Refused(List<Refusal> refusals, BillingTime at) implements GrantAnswer {}

    /** Billing can't say. */
    record Unanswered(String why) implements GrantAnswer {}
}
