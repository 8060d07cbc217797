package io.apihub.billing.ledger;

import io.apihub.model.money.Credits;

/**
 * One line of a transaction.
 *
 * @param amount positive: the account's balance grows; never zero
 */
public record Entry(long accountId, Credits amount) {

    public Entry {
        if (amount.micros() == 0) {
            throw new IllegalArgumentException("an entry of zero on account " + accountId);
        }
    }
}
