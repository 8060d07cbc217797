package io.apihub.extauthz;

import io.apihub.extauthz.health.Readiness;
import io.apihub.extauthz.policy.Policies;
import io.apihub.extauthz.policy.PolicySnapshot;

/** The feed's policies, until this process begins to stop: from then on nothing is let in. */
record AdmittingPolicies(Policies feed, Readiness readiness) implements Policies {

    @Override
    public PolicySnapshot current() {
        return feed.current();
    }

    @Override
    public boolean isFresh() {
        return !readiness.isStopping() && feed.isFresh();
    }
}
