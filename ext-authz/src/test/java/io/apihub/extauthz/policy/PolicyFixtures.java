package io.apihub.extauthz.policy;

import io.apihub.extauthz.credit.Allowances;
import io.apihub.policy.v1.Change;
import java.util.List;

/** Snapshots made of the feed's messages. */
public final class PolicyFixtures {

    private PolicyFixtures() {}

    public static PolicySnapshot snapshot(Allowances allowances, List<Change> changes) {
        var state = new PolicyState(allowances);
        changes.forEach(state::apply);
        return state.build("epoch-1", 1);
    }
}
