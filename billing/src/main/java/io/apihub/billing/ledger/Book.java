package io.apihub.billing.ledger;

import io.apihub.billing.account.PlatformAccount;
import io.apihub.model.money.Credits;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Where transactions are posted. */
public interface Book {

    /**
     * Posts transactions, all or none, in the caller's database transaction. Safe to repeat: a
     * reference that was posted before moves nothing.
     *
     * @return in the order of the postings
     * @throws NotCovered if a tenant's account would fall below its credit limit and its leases
     * @throws ReferenceReused if a reference was posted before with other entries
     */
    List<Posted> post(List<Posting> postings);

    /**
     * What transactions of the past moved on one account, by reference; without those that were
     * never posted or did not touch it. Sees what the caller's database transaction posted before.
     *
     * @param account its number
     */
    Map<String, Credits> moved(long account, Collection<String> references);

    /** The number of a platform account. */
    long number(PlatformAccount account);
}
