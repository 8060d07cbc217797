package io.apihub.billing.budget;

import io.apihub.billing.account.Account;
import io.apihub.model.money.Credits;

/** A tenant's account as a pot. */
public final class Money implements Pot {

    private final Account account;
    private long leased;

    public Money(Account account) {
        this.account = account;
        this.leased = account.leased().micros();
    }

    public Account account() {
        return account;
    }

    @Override
    public Id id() {
        return new Id(Kind.ACCOUNT, account.id());
    }

    @Override
    public long free() {
        return account.balance().plus(account.creditLimit()).minus(new Credits(leased)).micros();
    }

    @Override
    public long leased() {
        return leased;
    }

    @Override
    public long resetsAtMillis() {
        return 0;
    }

    @Override
    public void lease(long amount) {
        Amounts.requireFree(this, amount);
        leased += amount;
    }

    @Override
    public void release(long amount) {
        leased = Amounts.less(leased, amount);
    }

    /** Whether it has to be written. */
    boolean isChanged() {
        return leased != account.leased().micros();
    }
}
