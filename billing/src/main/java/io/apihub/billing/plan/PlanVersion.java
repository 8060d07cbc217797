package io.apihub.billing.plan;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A plan at one time; what is bought is a version, whose terms never change.
 *
 * @param plan id of the plan
 * @param name of the plan, as paths name it
 * @param number from 1
 * @param retiredAt since when the plan is not sold any more; null: it is
 */
public record PlanVersion(
        UUID id,
        UUID plan,
        String name,
        int number,
        PlanTerms terms,
        String createdBy,
        Instant createdAt,
        @Nullable Instant retiredAt) {

    /** As ledger and history call it. */
    String title() {
        return "plan " + name + " version " + number;
    }
}
