package io.apihub.billing.plan.rest;

import io.apihub.billing.plan.Period;
import io.apihub.billing.plan.PlanVersion;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A plan as REST shows it.
 *
 * @param version grows with each change of the terms; who bought one keeps it
 * @param price of one period
 * @param includedCredit comes with each period and expires with it
 * @param graceDays how long an unpaid period may be paid after the last one ended
 * @param template which the Tenant gets limits, price factor and models of
 * @param createdAt of this version
 * @param retiredAt since when it is not sold any more
 */
record PlanView(
        String name,
        int version,
        String displayName,
        String description,
        String price,
        String priceMicros,
        Period period,
        String includedCredit,
        String includedCreditMicros,
        int graceDays,
        @Nullable String template,
        Instant createdAt,
        @Nullable Instant retiredAt) {

    static PlanView of(PlanVersion version) {
        var terms = version.terms();
        return new PlanView(
                version.name(),
                version.number(),
                terms.displayName(),
                terms.description(),
                terms.price().toDecimal(),
                String.valueOf(terms.price().micros()),
                terms.period(),
                terms.included().toDecimal(),
                String.valueOf(terms.included().micros()),
                terms.graceDays(),
                terms.template(),
                version.createdAt(),
                version.retiredAt());
    }
}
