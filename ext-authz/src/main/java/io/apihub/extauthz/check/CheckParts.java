package io.apihub.extauthz.check;

import io.apihub.extauthz.credit.Holds;
import io.apihub.extauthz.policy.Policies;
import io.apihub.extauthz.quota.QuotaLimiter;
import io.apihub.model.usage.HoldId;
import java.time.InstantSource;
import java.util.function.Supplier;

/** What a check is made of. */
public record CheckParts(
        Policies policies,
        QuotaLimiter limiter,
        OpenRequests openRequests,
        Holds holds,
        Supplier<HoldId> holdIds,
        InstantSource clock) {}
