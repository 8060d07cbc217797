package io.apihub.billing.identity;

import io.apihub.billing.access.Caller;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.user.PasswordRules;
import io.apihub.billing.user.User;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Changes a password; whoever was logged in with the old one is out. */
@Component
class PasswordChange {

    private final SignedIn signedIn;
    private final PasswordReset.Accounts accounts;
    private final PasswordProof proof;
    private final BrowserSessions sessions;
    private final AuditLog audit;
    private final TransactionTemplate transactions;

    PasswordChange(
            SignedIn signedIn,
            PasswordReset.Accounts accounts,
            PasswordProof proof,
            BrowserSessions sessions,
            ChangeLog log) {
        this.signedIn = signedIn;
        this.accounts = accounts;
        this.proof = proof;
        this.sessions = sessions;
        this.audit = log.audit();
        this.transactions = log.transactions();
    }

    /**
     * The wish to change it.
     *
     * @param code of the second factor, needed where there is one
     */
    record Wish(@Nullable String current, @Nullable String next, @Nullable String code) {

        @Override
        public String toString() {
            return "***";
        }
    }

    /**
     * Changes it.
     *
     * @return a new session for the browser that asked; the others are over
     * @throws Refused 400 if the current one or the code is wrong, or the new one may not be
     *     chosen; 429
     */
    Secret change(Caller caller, Wish wish, LogIn.Origin origin) {
        var user = signedIn.user(caller);
        var chosen = PasswordRules.choose("password", wish.next(), user.address());
        proof.checkPassword(user, "current", wish.current());
        if (chosen.equals(PasswordRules.normal(String.valueOf(wish.current())))) {
            throw new Refused(Problem.invalid("password", "Must differ from the current one."));
        }
        proof.checkCodeIfOn(user, wish.code());
        var session = set(caller, user, accounts.passwords().hash(chosen), origin);
        accounts.first().forget(signedIn.user(caller));
        return session;
    }

    private Secret set(Caller caller, User user, String hash, LogIn.Origin origin) {
        return Objects.requireNonNull(
                transactions.execute(status -> {
                    var changed = signedIn.user(caller);
                    changed.choosePassword(hash);
                    accounts.users().save(changed);
                    sessions.closeAll(user.id());
                    audit.record(caller, "user.password-changed", user.actor(), Map.of());
                    return sessions.open(user.id(), origin.address(), origin.userAgent());
                }));
    }
}
