package io.apihub.billing.budget;

import io.apihub.billing.account.Account;
import io.apihub.model.money.Credits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Decides grants from locked accounts: pure arithmetic, one after the other, each against what the
 * ones before left.
 */
final class GrantDecisions {

    private final Map<UUID, Credits> free = new HashMap<>();

    GrantDecisions(Map<UUID, Account> accounts) {
        accounts.forEach((tenant, account) -> free.put(tenant, account.available()));
    }

    /** How much each want of one request gets, or why it gets nothing. */
    sealed interface Decision {
        record Grant(List<Credits> amounts) implements Decision {}

        record Refuse(List<Answer.Refusal> refusals) implements Decision {}
    }

    /** All or nothing: min(wished, free) for each want, if each has at least what it needs. */
    Decision decide(Ask ask) {
        var left = new HashMap<>(free);
        var amounts = new ArrayList<Credits>();
        var refusals = new ArrayList<Answer.Refusal>();
        for (int i = 0; i < ask.wants().size(); i++) {
            var want = ask.wants().get(i);
            var available = left.get(want.tenantId());
            if (available == null) {
                refusals.add(new Answer.Refusal(i, Answer.Reason.UNKNOWN_SUBJECT, Credits.ZERO));
            } else if (!available.isPositive() || !available.covers(want.needed())) {
                refusals.add(
                        new Answer.Refusal(
                                i, Answer.Reason.EXHAUSTED, Credits.max(available, Credits.ZERO)));
            } else {
                var amount = Credits.min(want.wished(), available);
                amounts.add(amount);
                left.put(want.tenantId(), available.minus(amount));
            }
        }
        if (!refusals.isEmpty()) {
            return new Decision.Refuse(refusals);
        }
        free.putAll(left);
        return new Decision.Grant(amounts);
    }
}
