package io.apihub.extauthz.credit;

import io.apihub.credit.v1.GrantResult;
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

    /** Reads an answer. */
    static GrantAnswer of(GrantResult result, BillingTime at) {
        if (result.getLeasesCount() > 0) {
            return new Granted(result.getLeasesList(), at);
        }
        if (result.getRefusalsCount() == 0) {
            return new Unanswered("billing said nothing");
        }
        for (Refusal refusal : result.getRefusalsList()) {
            switch (refusal.getReason()) {
                case REASON_EXHAUSTED, REASON_LEASED_ELSEWHERE, REASON_UNKNOWN -> {}
                case REASON_NOT_GRANTING, REASON_UNSPECIFIED, UNRECOGNIZED -> {
                    return new Unanswered("billing grants nothing: " + refusal.getReason());
                }
            }
        }
        return new Refused(result.getRefusalsList(), at);
    }
}
