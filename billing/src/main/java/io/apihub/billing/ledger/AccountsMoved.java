package io.apihub.billing.ledger;

import java.util.Set;

/**
 * Something was posted, in the transaction that this is published in.
 *
 * @param accounts ids of the accounts, platform accounts among them
 */
public record AccountsMoved(Set<Long> accounts) {

    public AccountsMoved {
        accounts = Set.copyOf(accounts);
    }
}
