package io.apihub.billing.budget;

import java.util.UUID;

/**
 * A gateway's part of a pot: {@code granted = spent + returned + open}, always.
 *
 * @param number 0 before it is stored
 * @param ordinal of the want within the request
 * @param arrivalMillis of a rate: until when its burst was used up when it was granted
 * @param closed nothing of it is open, and nothing ever will be
 */
public record Lease(
        long number,
        Request request,
        int ordinal,
        Pot.Id pot,
        long granted,
        long spent,
        long returned,
        long arrivalMillis,
        boolean closed) {

    /** Identity of a grant request; a repeat finds the same leases. */
    public record Request(UUID incarnation, long seq) {}

    public Lease {
        if (granted <= 0 || spent < 0 || returned < 0 || spent > granted - returned) {
            throw new IllegalArgumentException(
                    "granted " + granted + ", spent " + spent + ", returned " + returned);
        }
        if (closed && granted != spent + returned) {
            throw new IllegalArgumentException("closed with something open");
        }
    }

    /** Granted, and neither spent nor returned. */
    public long open() {
        return granted - spent - returned;
    }

    /** Moves from open to spent. */
    public Lease spend(long amount) {
        return with(spent + amount, returned, closed);
    }

    /** Raises what is returned to a running total, by no more than is open. */
    Lease giveBack(long total, boolean closing) {
        long back = Math.min(open(), Math.max(0, total - returned));
        return with(spent, returned + back, closed || (closing && back == open()));
    }

    /** Returns what is open beyond an amount; closed if that is nothing. */
    Lease keep(long amount) {
        long back = Math.max(0, open() - amount);
        return with(spent, returned + back, closed || amount == 0);
    }

    Lease close() {
        return with(spent, returned + open(), true);
    }

    private Lease with(long nowSpent, long nowReturned, boolean nowClosed) {
        return new Lease(
                number,
                request,
                ordinal,
                pot,
                granted,
                nowSpent,
                nowReturned,
                arrivalMillis,
                nowClosed);
    }
}
