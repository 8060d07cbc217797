package io.apihub.billing.identity;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.SecurityLog;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.user.EmailAddress;
import io.apihub.billing.user.Passwords;
import io.apihub.billing.user.User;
import io.apihub.billing.user.UserState;
import io.apihub.billing.user.Users;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Decides who has proven to be a user. Whatever is wrong, the answer is the same and so is the
 * work: one count, one look-up, one hash.
 */
@Component
class LogIn {

    private static final Duration WINDOW = Duration.ofMinutes(15);
    private static final int MOST_FROM_ONE_PLACE = 10;
    private static final int MOST_OF_ONE_ACCOUNT = 100;
    private static final int MOST_OF_ONE_ADDRESS = 100;

    private final Users users;
    private final Passwords passwords;
    private final Throttle throttle;
    private final BrowserSessions sessions;
    private final SecondStep second;
    private final SecurityLog refusals;
    private final InstantSource clock;
    private final AuditLog audit;
    private final TransactionTemplate transactions;

    LogIn(Users users, Guard guard, BrowserSessions sessions, SecondStep second, ChangeLog log) {
        this.users = users;
        this.passwords = guard.passwords();
        this.throttle = guard.throttle();
        this.refusals = guard.refusals();
        this.clock = guard.clock();
        this.sessions = sessions;
        this.second = second;
        this.audit = log.audit();
        this.transactions = log.transactions();
    }

    /** What keeps others out, and tells of them. */
    @Component("logInGuard")
    record Guard(
            Passwords passwords, Throttle throttle, SecurityLog refusals, InstantSource clock) {}

    /**
     * Where a log-in comes from.
     *
     * @param block what is throttled as one
     */
    record Origin(String address, String block, @Nullable String userAgent) {}

    /** What somebody has got who proved something. */
    sealed interface Opened {

        /** What goes into the cookie. */
        Secret token();
    }

    /** All is proven. */
    record Session(Secret token) implements Opened {}

    /** A code is to follow, soon. */
    record Pending(Secret token) implements Opened {}

    /**
     * Opens a session, or the way to the second step.
     *
     * @param before the session that this browser had; it ends
     * @throws Refused 401 for whatever is wrong; 403 for those who have to prove their address; 429
     */
    Opened open(String email, @Nullable String password, Origin origin, @Nullable Secret before) {
        var address = EmailAddress.of("email", email);
        var place = "log-in/place/" + origin.block() + "/" + address.key();
        count(place, address, origin);
        var user = check(address, password, origin);
        throttle.forget(place);
        rehash(user, password);
        return open(user, origin, before);
    }

    private void count(String place, EmailAddress address, Origin origin) {
        try {
            throttle.count(
                    new Throttle.Bound(place, MOST_FROM_ONE_PLACE, WINDOW),
                    new Throttle.Bound(
                            "log-in/account/" + address.key(), MOST_OF_ONE_ACCOUNT, WINDOW),
                    new Throttle.Bound(
                            "log-in/address/" + origin.block(), MOST_OF_ONE_ADDRESS, WINDOW));
        } catch (Refused e) {
            refused(null, origin, "too many tries");
            throw e;
        }
    }

    private void refused(@Nullable User user, Origin origin, String why) {
        refusals.refused(
                SecurityLog.Kind.LOG_IN,
                user == null ? "nobody" : user.actor(),
                origin.address(),
                why);
    }

    /** Lets somebody on who has proven to be this user; a second factor is asked for first. */
    Opened open(User user, Origin origin, @Nullable Secret before) {
        return second.isNeeded(user.id())
                ? new Pending(second.begin(user.id()))
                : begin(user, origin, before);
    }

    /**
     * Opens the session of who gave the password before, and a code now.
     *
     * @throws Refused 401 if no log-in is pending, 400 if the code is wrong, 429
     */
    Session finish(
            @Nullable Secret pending,
            @Nullable String code,
            Origin origin,
            @Nullable Secret before) {
        try {
            var user =
                    users.findById(second.finish(pending, code))
                            .filter(found -> found.state() == UserState.ACTIVE)
                            .orElseThrow(() -> new Refused(Problem.wrongCredentials()));
            return begin(user, origin, before);
        } catch (Refused e) {
            refused(null, origin, "second factor: " + e.problem().type());
            throw e;
        }
    }

    private User check(EmailAddress address, @Nullable String password, Origin origin) {
        var user = users.findByEmailKey(address.key()).orElse(null);
        var hash = user == null ? null : user.passwordHash().orElse(null);
        boolean right = passwords.matches(password, hash);
        boolean over = user != null && user.passwordIsOver(clock.instant());
        if (!right || over || user == null || user.state() == UserState.DISABLED) {
            refused(user, origin, !right ? "wrong password" : over ? "password over" : "disabled");
            throw new Refused(Problem.wrongCredentials());
        }
        if (user.state() == UserState.UNVERIFIED) {
            refused(user, origin, "address not proven");
            throw new Refused(
                    Problem.forbidden(
                            "email-not-verified",
                            "Open the link in the mail that was sent to this address first."));
        }
        return user;
    }

    private Session begin(User user, Origin origin, @Nullable Secret before) {
        return new Session(
                Objects.requireNonNull(
                        transactions.execute(status -> {
                            if (before != null) {
                                sessions.close(before);
                            }
                            audit.record(
                                    new Caller(
                                            user.actor(),
                                            user.id(),
                                            user.administrator(),
                                            Map.of()),
                                    "session.opened",
                                    user.actor(),
                                    Map.of("address", origin.address()));
                            return sessions.open(user.id(), origin.address(), origin.userAgent());
                        })));
    }

    /** While the password is known, it gets a hash with today's figures. */
    private void rehash(User user, @Nullable String password) {
        boolean outdated = user.passwordHash().filter(passwords::isOutdated).isPresent();
        if (!outdated || password == null) {
            return;
        }
        var hash = passwords.hashAgain(password);
        transactions.executeWithoutResult(status ->
                users.findById(user.id())
                        .ifPresent(found -> {
                            found.rehash(hash);
                            users.save(found);
                        }));
    }
}
