package io.apihub.extauthz.credit;

import com.google.protobuf.ByteString;
import java.util.function.Consumer;

/** The way to billing, as far as leases need it. Thread safe; never blocks. */
interface CreditLink {

    /**
     * Asks for a slice of an account. The request is repeated until it is answered, across broken
     * connections; what is given back before it arrives before it.
     *
     * @param needed less is of no use, micro-units
     * @param wished at least {@code needed}
     * @param done told exactly once, perhaps much later, on any thread
     */
    void ask(ByteString tenantId, long needed, long wished, Consumer<GrantAnswer> done);

    /**
     * Gives back money of a closing lease.
     *
     * @param returnedTotal all that was given back so far, micro-units
     */
    void giveBack(long leaseId, long returnedTotal);
}
