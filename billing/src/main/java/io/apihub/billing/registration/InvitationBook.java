package io.apihub.billing.registration;

import io.apihub.billing.user.EmailAddress;
import io.apihub.billing.user.User;
import java.util.Optional;
import java.util.UUID;

/** What registration asks of invitations, which another module keeps. */
public interface InvitationBook {

    /** Whether a token is of an open invitation that somebody with this address may accept. */
    boolean isOpen(String token, EmailAddress email);

    /**
     * Makes the user a member of the tenant that invited; ends the invitation. Joins the
     * transaction of the registration.
     *
     * @return empty if it was not open any more
     */
    Optional<Joined> accept(String token, User user);

    /**
     * The tenant that invited.
     *
     * @param mailed the token went to the user's mailbox and nowhere else, so that the address is
     *     theirs
     */
    record Joined(UUID tenant, String name, boolean mailed) {}
}
