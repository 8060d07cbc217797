package io.apihub.billing.insight;

import io.apihub.billing.account.Account;
import io.apihub.billing.account.Tenant;
import io.apihub.model.money.Credits;
import java.util.Optional;

/** What a tenant has now; as {@code /balance} says it, in fewer words. */
record BalanceEvent(
        String balance,
        String balanceMicros,
        String leased,
        String leasedMicros,
        String available,
        String availableMicros) {

    static BalanceEvent of(Optional<Tenant> tenant, Optional<Account> account) {
        var limit =
                tenant.filter(found -> !found.deleted())
                        .map(Tenant::creditLimit)
                        .orElse(Credits.ZERO);
        var balance = account.map(Account::balance).orElse(Credits.ZERO);
        var leased = account.map(Account::leased).orElse(Credits.ZERO);
        var available = balance.plus(limit).minus(leased);
        return new BalanceEvent(
                balance.toDecimal(),
                String.valueOf(balance.micros()),
                leased.toDecimal(),
                String.valueOf(leased.micros()),
                available.toDecimal(),
                String.valueOf(available.micros()));
    }
}
