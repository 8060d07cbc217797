package io.apihub.billing.credit;

import io.apihub.billing.account.Accounts;
import io.apihub.billing.budget.CreditOffice;
import io.apihub.billing.database.DatabaseGate;
import io.apihub.model.money.Credits;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Takes, in rounds, what is to be taken, and calls back the leases that are in the way. */
@Component
class CreditRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(CreditRecovery.class);
    private static final int AT_ONCE = 500;

    private final DebitTable debits;
    private final LotTable lots;
    private final Debits taking;
    private final ExpiringCredit expiring;
    private final Accounts accounts;
    private final CreditOffice office;
    private final DatabaseGate gate;

    CreditRecovery(
            DebitTable debits,
            LotTable lots,
            Debits taking,
            ExpiringCredit expiring,
            Surroundings surroundings) {
        this.debits = debits;
        this.lots = lots;
        this.taking = taking;
        this.expiring = expiring;
        this.accounts = surroundings.accounts();
        this.office = surroundings.office();
        this.gate = surroundings.gate();
    }

    /** What is around it. */
    @Component
    record Surroundings(Accounts accounts, CreditOffice office, DatabaseGate gate) {}

    @Scheduled(fixedDelay = 500, initialDelay = 1_000)
    void look() {
        if (gate.isOpen()) {
            attempt("debits", () -> ifAny(debits.mayBePending(), this::takeDebits));
            attempt("expiring credit", () -> ifAny(lots.mayBeDue(), this::takeExpired));
        }
    }

    private static void ifAny(boolean any, Runnable work) {
        if (any) {
            work.run();
        }
    }

    /** One round of debits. Safe to repeat, and to run in several instances. */
    void takeDebits() {
        for (var debit : debits.pending(AT_ONCE)) {
            attempt("debit " + debit.id(), () -> makeRoom(debit.accountId(), taking.goOn(debit)));
        }
    }

    /** One round of what expired. Safe to repeat, and to run in several instances. */
    void takeExpired() {
        for (long account : lots.accountsDue(AT_ONCE)) {
            attempt(
                    "expired credit of account " + account,
                    () -> makeRoom(account, expiring.takeBack(account)));
        }
    }

    private void makeRoom(long account, Credits missing) {
        if (missing.isPositive()) {
            accounts.tenants(List.of(account))
                    .values()
                    .forEach(tenant -> office.rounds().makeRoom(tenant, missing.micros()));
        }
    }

    /** What fails is not in the way of the rest; the next round does it again. */
    private static void attempt(String what, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.warn("{}: {}", what, e.toString());
        }
    }
}
