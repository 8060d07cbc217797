package io.apihub.billing.plan;

import io.apihub.model.money.Credits;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's plan, as it is at one instant.
 *
 * @param seq later ones have greater ones
 * @param version of the plan, of this period
 * @param cancelled it ends with its period
 * @param paidAhead what the next period was paid with; null: it was not
 * @param next the version of the next period; null: the same
 * @param upgrades how often it was upgraded
 * @param graceEndsAt until when the period that ended may be followed by one that is paid late;
 *     null while nothing is owed
 * @param ending null while it has not ended
 */
public record Subscription(
        UUID id,
        long seq,
        UUID tenant,
        UUID version,
        State state,
        boolean autoRenew,
        boolean cancelled,
        Span period,
        Anchor anchor,
        @Nullable Credits paidAhead,
        @Nullable UUID next,
        int upgrades,
        @Nullable Instant graceEndsAt,
        Instant createdAt,
        @Nullable Ending ending) {

    /** How it is. */
    public enum State {
        ACTIVE,
        /** The period is over, and the next one is not paid: it may still be. */
        GRACE,
        ENDED
    }

    /**
     * A period.
     *
     * @param number from 1
     */
    public record Span(int number, Instant startsAt, Instant endsAt) {}

    /**
     * The period from which on all later ones are counted.
     *
     * @param number of that period
     */
    record Anchor(Instant at, int number) {

        /** The period of that number. */
        Span span(int which, Period length) {
            int before = Math.subtractExact(which, number);
            return new Span(which, length.after(at, before), length.after(at, before + 1));
        }
    }

    /** When it ended, and why. */
    public record Ending(Instant at, String reason) {}

    /** The version that the next period will be of. */
    public UUID nextVersion() {
        return next == null ? version : next;
    }

    /** What the ledger knows a period by. */
    String reference(int period) {
        return id + "/" + period;
    }
}
