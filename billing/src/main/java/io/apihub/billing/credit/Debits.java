package io.apihub.billing.credit;

import io.apihub.billing.account.Account;
import io.apihub.billing.account.Accounts;
import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.ledger.Ledger;
import io.apihub.billing.ledger.Posting;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.model.money.Credits;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Takes credit from accounts. What leases hold is not taken: it is called back, and taken as it
 * returns. Everything is decided with the account locked, so each part is posted once whoever does
 * it, and however many at once.
 */
@Component
public class Debits {

    private final DebitTable table;
    private final Accounts accounts;
    private final Ledger ledger;

    Debits(DebitTable table, Accounts accounts, Ledger ledger) {
        this.table = table;
        this.accounts = accounts;
        this.ledger = ledger;
    }

    /**
     * Writes a debit down and takes of it what is free, in the caller's transaction.
     *
     * @param account locked in this transaction
     * @param amount more than zero
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Debit begin(Account account, Credits amount, String actor, String reason) {
        var id = UUID.randomUUID();
        table.insert(id, account.id(), amount, actor, reason);
        return take(account, table.find(id).orElseThrow());
    }

    /**
     * Takes what is free of a debit that waits. Safe to repeat, at any time and by several at once.
     *
     * @return what is still to be taken
     */
    @Transactional
    Credits goOn(Debit debit) {
        var account = accounts.lockIds(List.of(debit.accountId())).getFirst();
        // Read again: before the lock somebody else may have taken some.
        var now = take(account, table.find(debit.id()).orElseThrow());
        return now.state() == Debit.State.PENDING ? now.rest() : Credits.ZERO;
    }

    private Debit take(Account account, Debit debit) {
        var part = Credits.min(debit.rest(), account.available());
        if (debit.state() != Debit.State.PENDING || !part.isPositive()) {
            return debit;
        }
        ledger.post(
                Posting.transfer(
                                TransactionKind.ADJUSTMENT,
                                "adjustment/" + debit.id() + "/" + (debit.parts() + 1),
                                account.id(),
                                accounts.id(PlatformAccount.GRANTS),
                                part)
                        .by(debit.actor(), debit.reason()));
        table.noteTaken(debit, part);
        return table.find(debit.id()).orElseThrow();
    }

    /**
     * Gives up what was not taken yet; what was, stays taken. Safe to repeat.
     *
     * @param debit read with its account locked in this transaction
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void cancel(Debit debit) {
        table.cancel(debit.id());
    }

    /** Finds a debit of an account. */
    public Optional<Debit> find(long account, UUID id) {
        return table.find(id).filter(debit -> debit.accountId() == account);
    }

    /** An account's debits, newest first. */
    public List<Debit> before(long account, @Nullable UUID debit, int limit) {
        return table.before(account, debit, limit);
    }
}
