package io.apihub.billing.payment;

import io.apihub.model.money.Credits;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Money that came and was credited to nobody.
 *
 * @param id later ones have greater ones
 * @param ordered the tenant that ordered
 * @param paid in the order's currency
 * @param value of it as credit, without a bonus
 * @param decision null: nobody has decided yet
 */
public record Suspense(
        long id,
        String provider,
        String tradeNo,
        UUID order,
        UUID ordered,
        BigDecimal paid,
        String currency,
        Credits value,
        String why,
        Instant createdAt,
        @Nullable Decision decision) {

    /** What became of it. */
    public enum State {
        OPEN,
        /** A tenant has it as credit. */
        CREDITED,
        /** The payer has it again, by whatever way. */
        RETURNED
    }

    /**
     * What a person decided.
     *
     * @param tenant who has the credit; null if it was returned
     */
    public record Decision(
            State state, @Nullable UUID tenant, String actor, String reason, Instant at) {}
}
