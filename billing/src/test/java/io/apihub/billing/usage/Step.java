package io.apihub.billing.usage;

import io.apihub.billing.budget.Answer;
import io.apihub.billing.budget.Ask;
import io.apihub.billing.budget.Budget;
import io.apihub.billing.budget.CreditStore;
import io.apihub.billing.budget.Leases;
import io.apihub.billing.budget.Limit;
import io.apihub.billing.budget.LimitHome;
import io.apihub.billing.budget.LimitName;
import io.apihub.billing.budget.Share;
import io.apihub.usage.v1.UsageRecord;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** One transaction of a history, with the real numbers of leases. */
sealed interface Step {

    /** Rows were made. */
    record Made(Map<Budget.Key, Limit> budgets, Map<Share.Key, Limit> shares) implements Step {}

    record Granted(List<Ask> asks, List<Answer> answers) implements Step {}

    record Returned(List<Leases.GivenBack> returns) implements Step {}

    record Reported(List<UsageRecord> records, List<String> rejected) implements Step {}

    /** What an incarnation said or did. */
    record Life(UUID incarnation, Turn turn) implements Step {}

    /** Turns in an incarnation's life. */
    enum Turn {
        HELLO,
        SEEN,
        PARKED,
        CLOSED
    }

    /** All that were active are silent. */
    record Silence(int parked) implements Step {}

    /** The shares of all gateways are called expired. */
    record Expired(List<Long> leases) implements Step {}

    record LeasesClosed(List<Long> leases) implements Step {}

    record GivenUp(UUID incarnation, int leases, long micros) implements Step {}

    /** The limits of an object were followed. */
    record Followed(LimitHome home) implements Step {}

    record Credited(UUID tenant, long micros) implements Step {}

    /**
     * What a transaction read that it did not lock; what it decided follows from that and from what
     * it locked.
     *
     * @param order among all transactions
     * @param credit the registry's credit limits
     * @param held what others had of pots that had too little
     */
    record Noted(
            long order,
            long nowMillis,
            int gateways,
            Map<LimitName, Limit> limits,
            Map<UUID, Long> credit,
            List<CreditStore.Held> held) {}

    /** A step as it was taken. */
    record Taken(Step step, Noted noted) {}
}
