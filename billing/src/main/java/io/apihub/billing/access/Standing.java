package io.apihub.billing.access;

import java.util.Collection;
import java.util.Set;

/** Whether callers may still see a tenant: for what lasts longer than one request. */
public interface Standing {

    /**
     * Those who may not any more: the session or token is over, the user is gone or disabled, or is
     * neither a member nor an administrator. Asks the database anew, once for all of them; while it
     * does not answer, only those whose token's time is up are lost.
     */
    Set<Seat> lost(Collection<Seat> seats);
}
