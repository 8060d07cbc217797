package io.apihub.billing.identity;

import io.apihub.billing.access.Caller;
import io.apihub.billing.mail.Letter;
import io.apihub.billing.mail.Mails;
import io.apihub.billing.mail.Message;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.user.User;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Switches somebody's second factor on and off. */
@Component
class SecondFactorChange {

    private final SecondFactors factors;
    private final SecondStep step;
    private final PasswordProof proof;
    private final ChangeLog log;
    private final Mails mails;

    SecondFactorChange(
            SecondFactors factors,
            SecondStep step,
            PasswordProof proof,
            ChangeLog log,
            Mails mails) {
        this.factors = factors;
        this.step = step;
        this.proof = proof;
        this.log = log;
        this.mails = mails;
    }

    /**
     * Makes a secret, which counts once a code of it was shown.
     *
     * @throws Refused 400 if the password is wrong, 409 if there is a second factor already, 429
     */
    byte[] enrol(Caller caller, User user, @Nullable String password) {
        checkPassword(user, password);
        return Objects.requireNonNull(
                log.transactions()
                        .execute(status -> {
                            record(caller, "user.second-factor-begun", user);
                            return factors.enrol(user.id()).orElseThrow(SecondFactorChange::isOn);
                        }));
    }

    /**
     * Switches it on.
     *
     * @return recovery codes
     */
    List<String> confirm(Caller caller, User user, @Nullable String code) {
        var state = factors.state(user.id()).orElseThrow(SecondFactorChange::isOff);
        if (state.confirmedAt() != null) {
            throw isOn();
        }
        step.check(user.id(), code);
        return Objects.requireNonNull(
                log.transactions()
                        .execute(status -> {
                            if (!factors.confirm(user.id())) {
                                throw isOn();
                            }
                            record(caller, "user.second-factor-made", user);
                            return factors.mintRecovery(user.id());
                        }));
    }

    /** Makes other recovery codes; those before are void. */
    List<String> renew(Caller caller, User user, @Nullable String code) {
        checkOn(user);
        step.check(user.id(), code);
        return Objects.requireNonNull(
                log.transactions()
                        .execute(status -> {
                            record(caller, "user.recovery-codes-made", user);
                            return factors.mintRecovery(user.id());
                        }));
    }

    /** Switches it off for who has both, password and code. */
    void remove(Caller caller, User user, @Nullable String password, @Nullable String code) {
        checkOn(user);
        checkPassword(user, password);
        step.check(user.id(), code);
        remove(caller, user);
    }

    /** Switches it off, whatever is known of it; says whether there was one. */
    boolean remove(Caller caller, User user) {
        return Boolean.TRUE.equals(
                log.transactions()
                        .execute(status -> {
                            boolean was = factors.remove(user.id());
                            if (was) {
                                record(caller, "user.second-factor-removed", user);
                                mails.enqueue(notice(user));
                            }
                            return was;
                        }));
    }

    private static Message notice(User user) {
        return Letter.SECOND_FACTOR_REMOVED.fill(
                "second-factor-removed/" + UUID.randomUUID(), user.address(), Map.of());
    }

    private void record(Caller caller, String action, User user) {
        log.audit().record(caller, action, user.actor(), Map.of());
    }

    /** Who only logs in elsewhere has none to show. */
    private void checkPassword(User user, @Nullable String password) {
        if (user.passwordHash().isPresent()) {
            proof.checkPassword(user, "password", password);
        }
    }

    private void checkOn(User user) {
        if (!factors.isOn(user.id())) {
            throw isOff();
        }
    }

    private static Refused isOn() {
        return new Refused(
                Problem.conflict(
                        "second-factor-on", "There is a second factor already; remove it first."));
    }

    private static Refused isOff() {
        return new Refused(
                Problem.conflict(
                        "second-factor-off",
                        "There is no second factor: POST /api/v1/me/second-factor makes one."));
    }
}
