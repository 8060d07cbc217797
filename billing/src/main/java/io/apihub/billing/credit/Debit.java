package io.apihub.billing.credit;

import io.apihub.model.money.Credits;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that is to be taken from an account, in one part or several.
 *
 * @param taken so far
 * @param parts how many ledger transactions that took
 * @param endedAt when all of it was taken, or the rest was given up
 */
public record Debit(
        UUID id,
        long accountId,
        Credits amount,
        Credits taken,
        int parts,
        State state,
        String actor,
        String reason,
        Instant createdAt,
        @Nullable Instant endedAt) {

    /** How far it is. */
    public enum State {
        /** What is missing is taken as soon as the account has it free. */
        PENDING,
        DONE,
        /** What was taken stays taken. */
        CANCELLED
    }

    /** What is still to be taken. */
    public Credits rest() {
        return amount.minus(taken);
    }
}
