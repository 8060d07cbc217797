package io.apihub.billing.plan;

import io.apihub.billing.account.Account;
import io.apihub.billing.account.Accounts;
import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.credit.ExpiringCredit;
import io.apihub.billing.ledger.Ledger;
import io.apihub.billing.ledger.Posting;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.model.money.Credits;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * The money of plans: what tenants pay goes to {@code plan_revenue}, what comes with a plan is a
 * grant that expires. A reference is posted once, so nothing is paid or given twice. Everything
 * needs the caller's transaction.
 */
@Component
class Till {

    private final Accounts accounts;
    private final Ledger ledger;
    private final ExpiringCredit expiring;

    Till(Accounts accounts, Ledger ledger, ExpiringCredit expiring) {
        this.accounts = accounts;
        this.ledger = ledger;
        this.expiring = expiring;
    }

    /**
     * Locks a tenant's account, and with it all that is of its plan, until the transaction ends.
     * Empty if nobody knows the tenant.
     */
    Optional<Account> lock(UUID tenant) {
        return Optional.ofNullable(accounts.lock(List.of(tenant)).get(tenant));
    }

    /**
     * What a locked account may pay a plan with: neither credit that expires nor what is leased.
     */
    Credits spendable(Account account) {
        var lasting =
                account.balance().plus(account.creditLimit()).minus(expiring.remaining(account));
        return Credits.min(lasting, account.available());
    }

    /** Takes a price; the account is locked and covers it. */
    void pay(Account account, String reference, Credits price, Actor actor, String reason) {
        if (price.isPositive()) {
            ledger.post(
                    Posting.transfer(
                                    TransactionKind.PLAN,
                                    "plan/" + reference,
                                    account.id(),
                                    accounts.id(PlatformAccount.PLAN_REVENUE),
                                    price)
                            .by(actor.name(), reason));
        }
    }

    /** Gives some of a price back. */
    void payBack(Account account, String reference, Credits amount, Actor actor, String reason) {
        if (amount.isPositive()) {
            ledger.post(
                    Posting.transfer(
                                    TransactionKind.PLAN,
                                    "plan/" + reference,
                                    accounts.id(PlatformAccount.PLAN_REVENUE),
                                    account.id(),
                                    amount)
                            .by(actor.name(), reason));
        }
    }

    /**
     * Gives credit that expires.
     *
     * @param reason not empty
     */
    void give(UUID tenant, String reference, Gift gift, Actor actor, String reason) {
        if (gift.amount().isPositive()) {
            // Read anew: what was paid a moment ago is not there any more.
            var account = lock(tenant).orElseThrow();
            expiring.post(
                    account,
                    Posting.transfer(
                                    TransactionKind.GRANT,
                                    "plan-credit/" + reference,
                                    accounts.id(PlatformAccount.GRANTS),
                                    account.id(),
                                    gift.amount())
                            .by(actor.name(), reason),
                    gift.amount(),
                    gift.expiresAt());
        }
    }

    /** Credit that expires; zero is none. */
    record Gift(Credits amount, Instant expiresAt) {}
}
