package io.apihub.billing.identity;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Checks codes: few tries, each counted before it is made. */
@Component
class SecondStep {

    /** How long who gave the password may take to give the code. */
    static final Duration PENDING = Duration.ofMinutes(5);

    private static final Duration WINDOW = Duration.ofMinutes(15);
    private static final int MOST_TRIES = 10;
    private static final int LONGEST = 40;
    private static final int DIGITS = 7;

    private final SecondFactors factors;
    private final Throttle throttle;
    private final UserTokens tokens;
    private final TransactionTemplate transactions;

    SecondStep(
            SecondFactors factors,
            Throttle throttle,
            UserTokens tokens,
            TransactionTemplate transactions) {
        this.factors = factors;
        this.throttle = throttle;
        this.tokens = tokens;
        this.transactions = transactions;
    }

    boolean isNeeded(UUID user) {
        return factors.isOn(user);
    }

    /** Notes that the password was right; what is returned goes into a cookie of its own. */
    Secret begin(UUID user) {
        return tokens.issue(user, Purpose.SECOND_FACTOR, PENDING);
    }

    /**
     * Ends the second step.
     *
     * @return whose log-in it is
     * @throws Refused 401 if no log-in is pending, 400 if the code is wrong, 429
     */
    UUID finish(@Nullable Secret pending, @Nullable String code) {
        var user =
                pending == null
                        ? null
                        : tokens.find(pending.text(), Purpose.SECOND_FACTOR).orElse(null);
        if (pending == null || user == null) {
            throw over();
        }
        check(user, code);
        boolean first =
                Boolean.TRUE.equals(
                        transactions.execute(status ->
                                tokens.redeem(pending.text(), user, Purpose.SECOND_FACTOR)));
        if (!first) {
            throw over();
        }
        return user;
    }

    private static Refused over() {
        return new Refused(
                Problem.unauthenticated(
                        "no-log-in-pending",
                        "The password was given too long ago, or not at all; log in again."));
    }

    /**
     * Takes a code of the phone, or a recovery code, once.
     *
     * @throws Refused 400 if it is neither, 429
     */
    void check(UUID user, @Nullable String code) {
        var subject = "second-factor/" + user;
        throttle.count(new Throttle.Bound(subject, MOST_TRIES, WINDOW));
        if (code == null || code.length() > LONGEST || !takes(user, code)) {
            throw new Refused(
                    Problem.invalid(
                            "code",
                            "Is neither the six digits that the phone shows now, nor a recovery"
                                    + " code; each is good once."));
        }
        throttle.forget(subject);
    }

    private boolean takes(UUID user, String code) {
        return code.length() <= DIGITS
                ? factors.take(user, code)
                : factors.takeRecovery(user, code);
    }
}
