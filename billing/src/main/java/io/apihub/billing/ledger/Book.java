package io.apihub.billing.ledger;

import io.apihub.billing.account.PlatformAccount;
import java.util.List;

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

    /** The number of a platform account. */
    long number(PlatformAccount account);
}
