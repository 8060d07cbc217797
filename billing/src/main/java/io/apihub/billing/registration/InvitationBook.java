package io.apihub.billing.registration;

import java.util.Optional;
import java.util.UUID;

/** What registration asks of invitations, which another module keeps. */
public interface InvitationBook {

    /** Whether a token is of an open invitation that whoever holds it may accept. */
    boolean isOpen(String token);

    /**
     * Makes the user a member of the tenant that invited; ends the invitation. Joins the
     * transaction of the registration.
     *
     * @return empty if it was not open any more
     */
    Optional<Joined> accept(String token, UUID user);

    /** The tenant that invited. */
    record Joined(UUID tenant, String name) {}
}
