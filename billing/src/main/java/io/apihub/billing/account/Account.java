package io.apihub.billing.account;

import io.apihub.model.money.Credits;
import java.util.UUID;

/**
 * A tenant's account at one instant.
 *
 * @param balance sum of its ledger entries; negative if credit is used
 * @param leased promised to gateways and not spent yet
 * @param creditLimit what the balance may go below zero by
 */
public record Account(
        long id, UUID tenantId, Credits balance, Credits leased, Credits creditLimit) {

    /** What may still be leased or debited; negative after a credit limit was lowered. */
    public Credits available() {
        return balance.plus(creditLimit).minus(leased);
    }
}
