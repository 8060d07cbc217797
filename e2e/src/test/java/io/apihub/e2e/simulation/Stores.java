package io.apihub.e2e.simulation;

import io.apihub.billing.budget.Budget;
import io.apihub.billing.budget.CreditStore;
import io.apihub.billing.budget.Limit;
import io.apihub.billing.budget.LimitName;
import io.apihub.billing.budget.Share;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Stores that remember something wrong: one for each billing. */
final class Stores {

    private Stores() {}

    /** Limits only grow. */
    static CreditStore neverLowering(CreditStore store) {
        var highest = new HashMap<LimitName, Long>();
        return Mutant.answering(
                store,
                "limits",
                answer -> {
                    var limits = new HashMap<LimitName, Limit>();
                    ((Map<?, ?>) answer)
                            .forEach((name, limit) -> {
                                var it = (Limit) limit;
                                long amount =
                                        highest.merge((LimitName) name, it.amount(), Math::max);
                                limits.put((LimitName) name, of(it, amount));
                            });
                    return limits;
                });
    }

    private static Limit of(Limit it, long amount) {
        return new Limit(
                it.metric(),
                it.window(),
                amount,
                it.zone(),
                it.perKey(),
                it.enforced(),
                it.alertPercent(),
                it.revision());
    }

    /** What a limit had counted is not known once it was changed, or deleted and made again. */
    static CreditStore forgettingSpent(CreditStore store) {
        var revisions = new HashMap<LimitName, Long>();
        var anew = new HashSet<LimitName>();
        var followed =
                Mutant.answering(
                        store,
                        "limits",
                        answer -> {
                            ((Map<?, ?>) answer)
                                    .forEach((name, limit) -> {
                                        long now = ((Limit) limit).revision();
                                        var before = revisions.put((LimitName) name, now);
                                        if (before != null && before < now) {
                                            anew.add((LimitName) name);
                                        }
                                    });
                            return answer;
                        });
        return Mutant.answering(followed, "lockBudgets", answer -> emptied((List<?>) answer, anew));
    }

    private static List<Budget> emptied(List<?> rows, Set<LimitName> anew) {
        var budgets = new ArrayList<Budget>();
        for (var row : rows) {
            var it = (Budget) row;
            budgets.add(anew.remove(it.key().limit().name()) ? unspent(it) : it);
        }
        return budgets;
    }

    private static Budget unspent(Budget it) {
        var c = it.counts();
        return new Budget(
                it.number(),
                it.key(),
                new Budget.Counts(
                        c.revision(),
                        c.amount(),
                        0,
                        c.leased(),
                        c.overage(),
                        c.observed(),
                        c.corrected(),
                        c.wouldHaveRefused()),
                it.alarm());
    }

    /** Where a rate stood when its share came back is not known when it moves. */
    static CreditStore restarting(CreditStore store) {
        return Mutant.answering(
                store,
                "lockShares",
                answer -> {
                    var shares = new ArrayList<Share>();
                    for (var row : (List<?>) answer) {
                        var it = (Share) row;
                        var c = it.counts();
                        shares.add(
                                new Share(
                                        it.number(),
                                        it.key(),
                                        new Share.Counts(
                                                c.revision(), c.amount(), c.leased(), 0, 0)));
                    }
                    return shares;
                });
    }
}
