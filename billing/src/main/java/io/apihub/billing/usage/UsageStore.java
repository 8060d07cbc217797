package io.apihub.billing.usage;

import io.apihub.model.money.Credits;
import io.apihub.model.usage.TokenUsage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The rows of usage: what was booked before is seen here. In the caller's transaction. */
interface UsageStore {

    /**
     * Inserts the records that are not there yet.
     *
     * @param postings the posting that covers the rows of each tenant
     * @return the hold ids of the new rows
     */
    Set<UUID> insert(List<Booking> bookings, Map<UUID, UUID> postings);

    /**
     * Replaces an estimate by the truth, once.
     *
     * @return what it said before; empty if the row is no estimate or was corrected
     */
    Optional<Before> correct(Booking booking);

    /**
     * Notes which budgets counted records in Shadow, so that a correction changes the same ones.
     *
     * @param budgets their numbers, by new record
     */
    void observed(Map<Booking, List<Long>> budgets);

    /** Keeps a record that can't be booked, once. */
    void reject(RejectedUsage rejected);

    /**
     * What a row says that may be corrected.
     *
     * @param outcome as in the table
     * @param observedIn the numbers of the budgets that counted it in Shadow
     */
    record Before(String outcome, TokenUsage tokens, Credits cost, List<Long> observedIn) {

        public Before {
            observedIn = List.copyOf(observedIn);
        }

        /** What it counted against limits. */
        Measures measures(Booking booking) {
            return Measures.of(booking.row().hold(), UsageColumns.outcome(outcome), tokens, cost);
        }
    }
}
