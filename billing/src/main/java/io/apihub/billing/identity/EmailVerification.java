package io.apihub.billing.identity;

import io.apihub.billing.access.Caller;
import io.apihub.billing.mail.Letter;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.user.Passwords;
import io.apihub.billing.user.User;
import io.apihub.billing.user.UserState;
import io.apihub.billing.user.Users;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Lets users prove that an address is theirs. The link alone does not: it takes the password too,
 * or somebody could register with another's address, and get an account that the other one's click
 * confirmed.
 */
@Component
public class EmailVerification {

    private static final Duration WINDOW = Duration.ofMinutes(15);
    private static final int MOST_TRIES = 10;

    private static final MailedTokens.Link LINK =
            new MailedTokens.Link(Purpose.VERIFY_EMAIL, Letter.EMAIL_VERIFICATION, "/verify-email");

    private final MailedTokens mailed;
    private final UserTokens tokens;
    private final Users users;
    private final Passwords passwords;
    private final Throttle throttle;
    private final ChangeLog log;
    private final Time time;

    EmailVerification(
            MailedTokens mailed,
            UserTokens tokens,
            Users users,
            Guard guard,
            ChangeLog log,
            Time time) {
        this.mailed = mailed;
        this.tokens = tokens;
        this.users = users;
        this.passwords = guard.passwords();
        this.throttle = guard.throttle();
        this.log = log;
        this.time = time;
    }

    /** What keeps guessers out. */
    @Component
    record Guard(Passwords passwords, Throttle throttle) {}

    /** The clock, and the table that is swept by it. */
    @Component
    record Time(InstantSource clock, JdbcTemplate jdbc) {}

    /** Whether new users have to prove their address before they may log in. */
    public boolean isRequired() {
        return mailed.isOn();
    }

    /** Mails the link to a new user, in the caller's transaction. */
    public void begin(User user) {
        mailed.send(user, LINK);
    }

    /** Tells a user, in the caller's transaction, that somebody registered with their address. */
    public void remind(User user) {
        var today = LocalDate.ofInstant(time.clock().instant(), ZoneOffset.UTC);
        mailed.remind(user, Letter.ALREADY_REGISTERED, today);
    }

    /** Mails it again, if there is somebody who needs it; see {@link MailedTokens#ask}. */
    void ask(@Nullable String email, String block) {
        mailed.ask(
                email,
                block,
                LINK,
                user -> !user.emailVerified() && user.state() != UserState.DISABLED);
    }

    /**
     * Takes the link's token and the password.
     *
     * @throws Refused 400 if either is wrong, 429
     */
    void confirm(@Nullable String token, @Nullable String password) {
        var id = tokens.find(token, Purpose.VERIFY_EMAIL).orElseThrow(MailedTokens::notGood);
        throttle.count(new Throttle.Bound("verify/" + id, MOST_TRIES, WINDOW));
        var user = users.findById(id).orElseThrow(MailedTokens::notGood);
        if (!passwords.matches(password, user.passwordHash().orElse(null))) {
            throw new Refused(
                    Problem.invalid(
                            "password",
                            "Is not the password of this account. If you did not register, ask for"
                                    + " a new password instead: that makes the account yours."));
        }
        log.transactions()
                .executeWithoutResult(status -> {
                    if (!tokens.redeem(String.valueOf(token), id, Purpose.VERIFY_EMAIL)) {
                        throw MailedTokens.notGood();
                    }
                    tokens.revoke(id, Purpose.VERIFY_EMAIL);
                    var proven = users.findById(id).orElseThrow(MailedTokens::notGood);
                    proven.verifyEmail(time.clock().instant());
                    users.save(proven);
                    log.audit()
                            .record(
                                    new Caller(proven.actor(), id, false, Map.of()),
                                    "user.email-verified",
                                    proven.actor(),
                                    Map.of());
                });
    }

    /** Forgets who never proved an address, so that it is free again. */
    @Scheduled(fixedDelay = 3_600_000, initialDelay = 800_000)
    void forget() {
        time.jdbc()
                .update(
                        "DELETE FROM billing.app_user u WHERE state = 'UNVERIFIED'"
                                + " AND created_at < now() - interval '7 days' AND NOT EXISTS"
                                + " (SELECT FROM billing.member m WHERE m.user_id = u.user_id)");
    }
}
