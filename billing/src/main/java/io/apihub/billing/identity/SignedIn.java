package io.apihub.billing.identity;

import io.apihub.billing.access.Caller;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.user.User;
import io.apihub.billing.user.Users;
import org.springframework.stereotype.Component;

/** The user who calls. */
@Component
public class SignedIn {

    private final Users users;

    SignedIn(Users users) {
        this.users = users;
    }

    /**
     * Reads the user.
     *
     * @throws Refused 403 for the administrator of the token file, who is no user
     */
    public User user(Caller caller) {
        var id = caller.user();
        if (id == null) {
            throw new Refused(Problem.noUser());
        }
        return users.findById(id).orElseThrow(() -> new Refused(Problem.unauthenticated()));
    }
}
