package io.apihub.extauthz.policy;

import io.apihub.extauthz.quota.QuotaLimiter;
import io.apihub.policy.v1.Change;
import java.util.List;

/** Snapshots made of the feed's messages. */
public final class PolicyFixtures {

    private PolicyFixtures() {}

    public static PolicySnapshot snapshot(QuotaLimiter limiter, List<Change> changes) {
        var state = new PolicyState(limiter);
        changes.forEach(state::apply);
        return state.build("epoch-1", 1);
    }
}
