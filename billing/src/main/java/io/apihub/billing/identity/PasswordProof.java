package io.apihub.billing.identity;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.user.Passwords;
import io.apihub.billing.user.User;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Asks who is logged in for password and code again, before how they log in is changed. */
@Component
class PasswordProof {

    private static final int MOST_TRIES = 10;
    private static final Duration WINDOW = Duration.ofMinutes(15);

    private final Passwords passwords;
    private final Throttle throttle;
    private final SecondStep step;

    PasswordProof(Passwords passwords, Throttle throttle, SecondStep step) {
        this.passwords = passwords;
        this.throttle = throttle;
        this.step = step;
    }

    /**
     * Checks the password that is now.
     *
     * @param field of the request that has it
     * @throws Refused 400 if it is wrong, or there is none; 429
     */
    void checkPassword(User user, String field, @Nullable String password) {
        var subject = "password/" + user.id();
        throttle.count(new Throttle.Bound(subject, MOST_TRIES, WINDOW));
        if (!passwords.matches(password, user.passwordHash().orElse(null))) {
            throw new Refused(Problem.invalid(field, "Is not the current password."));
        }
        throttle.forget(subject);
    }

    /**
     * Takes a code, if the user has a second factor.
     *
     * @throws Refused 400 if it is wrong or missing, 429
     */
    void checkCodeIfOn(User user, @Nullable String code) {
        if (step.isNeeded(user.id())) {
            step.check(user.id(), code);
        }
    }
}
