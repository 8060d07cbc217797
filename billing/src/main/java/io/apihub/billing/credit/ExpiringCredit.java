package io.apihub.billing.credit;

import io.apihub.billing.account.Account;
import io.apihub.billing.account.Accounts;
import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.ledger.Ledger;
import io.apihub.billing.ledger.Posted;
import io.apihub.billing.ledger.Posting;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.model.money.Credits;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Credit that expires. What is used is used of the credit that expires first ({@link Lots}); what
 * of it is unused when it expires is taken back, as soon as no lease needs it. Until that is done
 * it may still be used.
 *
 * <p>How much is left follows from the ledger: each look counts the account's entries since the
 * last one, with the account locked, so that no entry is counted twice or by other lots than those
 * that were there.
 */
@Component
public class ExpiringCredit {

    private final LotTable table;
    private final Accounts accounts;
    private final Ledger ledger;

    ExpiringCredit(LotTable table, Accounts accounts, Ledger ledger) {
        this.table = table;
        this.accounts = accounts;
        this.ledger = ledger;
    }

    /**
     * One gift that expires, or did.
     *
     * @param transactionId that gave it
     * @param remaining what is left of it now
     * @param expired what was taken back
     */
    public record Gift(
            long id,
            long transactionId,
            Credits amount,
            Credits remaining,
            Credits expired,
            Instant expiresAt) {}

    /**
     * Posts a gift that expires, in the caller's transaction. Safe to repeat with the same
     * reference.
     *
     * @param account locked in this transaction, as it was before the gift
     * @param gift a transaction that credits the account
     * @param amount what it credits
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Posted post(Account account, Posting gift, Credits amount, Instant expiresAt) {
        var lots = settled(account);
        var posted = ledger.post(gift);
        if (posted.fresh()) {
            long remaining = lots.newLot(amount.micros(), account.balance().plus(amount).micros());
            table.insert(account.id(), posted.transactionId(), amount, remaining, expiresAt);
            table.moveToEnd(account.id());
        }
        return posted;
    }

    /** What is left of an account's credit that expires, or did and was not taken back yet. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Credits remaining(Account account) {
        return new Credits(now(account).remaining());
    }

    /** Counts what was used since the last look. The account is locked. */
    private Lots settled(Account account) {
        var lots = now(account);
        table.save(lots);
        table.moveToEnd(account.id());
        return lots;
    }

    private Lots now(Account account) {
        var left = table.left(account.id());
        if (left.inOrder().isEmpty()) {
            return left;
        }
        return left.use(table.usedSincePosition(account.id())).within(account.balance().micros());
    }

    /**
     * Takes back what is due of an account, as far as no lease needs it. Safe to repeat, at any
     * time and by several at once.
     *
     * @return what is due and could not be taken yet
     */
    @Transactional
    Credits takeBack(long accountId) {
        var account = accounts.lockIds(List.of(accountId)).getFirst();
        var lots = settled(account);
        var free = Credits.max(Credits.ZERO, account.available());
        var waiting = Credits.ZERO;
        for (var lot : table.due(lots)) {
            var due = new Credits(lot.remaining());
            var taken = Credits.min(due, free);
            if (taken.isPositive()) {
                take(account, lot, taken);
            }
            free = free.minus(taken);
            waiting = waiting.plus(due).minus(taken);
        }
        table.moveToEnd(account.id());
        return waiting;
    }

    private void take(Account account, Lots.Lot lot, Credits amount) {
        int part = table.noteTaken(lot.id(), amount.micros());
        ledger.post(
                Posting.transfer(
                                TransactionKind.EXPIRY,
                                "expiry/" + lot.id() + "/" + part,
                                account.id(),
                                accounts.id(PlatformAccount.GRANTS),
                                amount)
                        .by(Posting.SYSTEM, "expired at " + lot.expiresAt()));
    }

    /** An account's gifts, newest first, with what is left of them at this moment. */
    @Transactional(readOnly = true)
    public List<Gift> gifts(Account account, long beforeGift, int limit) {
        var now =
                now(account).inOrder().stream()
                        .collect(Collectors.toMap(Lots.Lot::id, Function.identity()));
        return table.rows(account.id(), beforeGift, limit).stream()
                .map(row -> {
                    var lot = now.get(row.id());
                    return new Gift(
                            row.id(),
                            row.transactionId(),
                            row.amount(),
                            lot == null ? row.remaining() : new Credits(lot.remaining()),
                            row.expired(),
                            row.expiresAt());
                })
                .toList();
    }
}
