package io.apihub.billing.registration;

import java.util.UUID;

/** What registration asks of invitations, which another module keeps. */
public interface InvitationBook {

    /** Whether a token is of an invitation that is open, for this address. */
    boolean isOpen(String token, String emailKey);

    /**
     * Makes the user a member of the tenant that invited; ends the invitation. Joins the
     * transaction of the registration.
     *
     * @return false if it was not open any more
     */
    boolean accept(String token, UUID user, String emailKey);
}
