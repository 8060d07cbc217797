package io.apihub.billing.budget;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The rights of gateways to spend. At every instant what a pot has leased is the sum of what its
 * leases have open, and spent and leased together are within the limit. Money and budgets are never
 * released by time alone.
 */
public final class Leases {

    private final Grants grants;
    private final LeaseReturns returns;

    public Leases(CreditStore store) {
        this.grants = new Grants(store);
        this.returns = new LeaseReturns(store);
    }

    /**
     * Answers grant requests in one transaction. Safe to repeat: a request that got leases gets
     * them again.
     *
     * @return in the order of the requests
     */
    public List<Answer> grant(List<Ask> asks) {
        return grants.grant(asks);
    }

    /**
     * What one lease gives back.
     *
     * @param total running total of money, tokens, requests or slots: the larger of old and new
     *     counts. A rate comes back whole, when closing
     * @param closing the gateway takes nothing more from it
     * @param arrivalMillis of a rate: until when its burst is used up, milliseconds since 1970
     */
    public record GivenBack(long lease, long total, boolean closing, long arrivalMillis) {}

    /** Takes back. Safe to repeat and in any order, as totals only grow. */
    public void giveBack(List<GivenBack> back) {
        giveBack(back, 0);
    }

    /**
     * Takes back, see {@link #giveBack(List)}.
     *
     * @param timeline of the store, that this is about; on another one nothing is done. 0 = any
     */
    public void giveBack(List<GivenBack> back, long timeline) {
        returns.giveBack(back, timeline);
    }

    /**
     * Takes back what incarnations that are no more have not open: nothing more will be taken from
     * their leases, and all that was is known. Slots stay until the incarnation is closed. Safe to
     * repeat and in any order.
     *
     * @param open by incarnation and lease; of leases not named nothing is open
     * @param timeline of the store, that this is about; on another one nothing is done
     */
    public void keep(Map<UUID, Map<Long, Long>> open, long timeline) {
        open.forEach((incarnation, byLease) -> returns.keep(incarnation, byLease, timeline));
    }

    /**
     * Closes an incarnation: all its records are here, so what its leases have open comes back, and
     * it is granted nothing more. Safe to repeat.
     *
     * @param timeline of the store that has them; on another one nothing is done. 0 = any
     * @return whether it is closed
     */
    public boolean close(UUID incarnation, long timeline) {
        return returns.close(incarnation, timeline);
    }
}
