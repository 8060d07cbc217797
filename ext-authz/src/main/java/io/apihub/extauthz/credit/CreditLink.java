package io.apihub.extauthz.credit;

import io.apihub.credit.v1.ReturnedLease;
import io.apihub.credit.v1.Want;
import java.util.List;
import java.util.function.Consumer;

/** The way to billing, as far as leases need it. Thread safe; never blocks. */
interface CreditLink {

    /**
     * Asks for leases, all or nothing. The request is repeated until it is answered, across broken
     * connections; what is given back before it arrives before it.
     *
     * @param done told exactly once, later, perhaps much later, on any thread
     */
    void ask(List<Want> wants, Consumer<GrantAnswer> done);

    /** Gives back; repeated until it is acknowledged. The last word on a lease counts. */
    void giveBack(ReturnedLease lease);

    /** A moment of this process's clock by billing's; never earlier than it is. */
    long billingMillis(long nanos);
}
