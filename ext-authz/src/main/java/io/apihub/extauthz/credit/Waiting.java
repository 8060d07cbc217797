package io.apihub.extauthz.credit;

import java.util.Set;
import java.util.function.Consumer;

/** A request that waits for leases. Guarded by the desk. */
final class Waiting {

    /**
     * Answers of billing that one request waits for without a pause: grants that somebody else
     * takes before it does.
     */
    private static final int MOST_ASKS = 20;

    /** Pauses in which all that was freed until then gets to the disk, unless that is very slow. */
    private static final int MOST_PAUSES_FOR_DISK = 3;

    private final Claim claim;
    private final Consumer<Found> done;
    private boolean squeezed;
    private boolean superseded;
    private boolean over;
    private int asks;
    private int pausesForDisk;

    /** What a waiting request gets. */
    sealed interface Found {
        /** All that it claims is taken. */
        record Taken() implements Found {}

        record None(HoldOutcome outcome) implements Found {}
    }

    Waiting(Claim claim, Consumer<Found> done) {
        this.claim = claim;
        this.done = done;
    }

    Claim claim() {
        return claim;
    }

    boolean isOver() {
        return over;
    }

    /** Takes note of the end; the returned task tells it, outside of any lock. */
    Runnable end(Found found) {
        over = true;
        claim.waitsNoMore();
        return () -> done.accept(found);
    }

    /** Whether what lies here may be given back for it: once only. */
    boolean squeezes() {
        boolean first = !squeezed;
        squeezed = true;
        return first;
    }

    /** Whether to wait once more for what requests that ended here did not use. */
    boolean waitsForDisk() {
        return ++pausesForDisk <= MOST_PAUSES_FOR_DISK;
    }

    /** It waited for a pause; how often it may do that, its time to wait says. */
    void startsAnew() {
        asks = 0;
    }

    /** Takes note that limits are gone: if it claims one of them, it must be decided again. */
    void supersededIf(Set<Allowance> gone) {
        superseded |= gone.stream().anyMatch(claim::has);
    }

    /** Whether to end it, so that it is decided again. */
    boolean isSuperseded() {
        return superseded && !over;
    }

    boolean mayAskAgain() {
        return ++asks <= MOST_ASKS;
    }
}
