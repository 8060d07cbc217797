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

    /** Keeps a record that can't be booked, once. */
    void reject(RejectedUsage rejected);

    /**
     * What a row says that may be corrected.
     *
     * @param outcome as in the table
     */
    record Before(String outcome, TokenUsage tokens, Credits cost) {

        /** What it counted against limits. */
        Measures measures(Booking booking) {
            return switch (outcome) {
                case "quarantined", "unreported" ->
                        new Measures(1, booking.worst().input(), booking.worst().output(), cost);
                case "voided" -> Measures.NONE;
                default -> Measures.of(tokens, cost);
            };
        }
    }
}
