package io.apihub.extauthz.check;

import io.apihub.extauthz.credit.Holds;
import io.apihub.extauthz.policy.Policies;
import io.apihub.extauthz.refusal.RefusalSums;
import io.apihub.model.usage.HoldId;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What a check is made of.
 *
 * @param refusals where refusals are counted
 * @param nanoTime monotonic
 */
public record CheckParts(
        Policies policies,
        Holds holds,
        RefusalSums refusals,
        Supplier<HoldId> holdIds,
        InstantSource clock,
        LongSupplier nanoTime) {}
