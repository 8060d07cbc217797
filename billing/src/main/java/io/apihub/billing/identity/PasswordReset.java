package io.apihub.billing.identity;

import io.apihub.billing.access.Caller;
import io.apihub.billing.mail.Letter;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.user.PasswordRules;
import io.apihub.billing.user.Passwords;
import io.apihub.billing.user.User;
import io.apihub.billing.user.UserState;
import io.apihub.billing.user.Users;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Lets users who forgot their password choose another. Who only logs in elsewhere has none here,
 * and gets none this way. A second factor stays.
 */
@Component
class PasswordReset {

    private static final MailedTokens.Link LINK =
            new MailedTokens.Link(Purpose.RESET_PASSWORD, Letter.PASSWORD_RESET, "/reset-password");

    private final MailedTokens mailed;
    private final UserTokens tokens;
    private final Accounts accounts;
    private final BrowserSessions sessions;
    private final ChangeLog log;
    private final InstantSource clock;

    PasswordReset(
            MailedTokens mailed,
            UserTokens tokens,
            Accounts accounts,
            BrowserSessions sessions,
            ChangeLog log,
            InstantSource clock) {
        this.mailed = mailed;
        this.tokens = tokens;
        this.accounts = accounts;
        this.sessions = sessions;
        this.log = log;
        this.clock = clock;
    }

    /** Users and what they know. */
    @Component("resetAccounts")
    record Accounts(Users users, Passwords passwords, OneTimePassword first) {}

    /** Mails a link, if there is somebody; see {@link MailedTokens#ask}. */
    void ask(@Nullable String email, String block) {
        mailed.ask(
                email,
                block,
                LINK,
                user -> user.passwordHash().isPresent() && user.state() != UserState.DISABLED);
    }

    /**
     * Sets the password, proves the address and logs out everywhere.
     *
     * @throws Refused 400 if the token is no good or the password may not be chosen
     */
    void set(@Nullable String token, @Nullable String password) {
        var id = tokens.find(token, Purpose.RESET_PASSWORD).orElseThrow(MailedTokens::notGood);
        var user = accounts.users().findById(id).orElseThrow(MailedTokens::notGood);
        var chosen = PasswordRules.choose("password", password, user.address());
        var hash = accounts.passwords().hash(chosen);
        log.transactions()
                .executeWithoutResult(status -> set(user, hash, new Secret(String.valueOf(token))));
        accounts.users().findById(id).ifPresent(accounts.first()::forget);
    }

    private void set(User before, String hash, Secret token) {
        if (!tokens.redeem(token.text(), before.id(), Purpose.RESET_PASSWORD)) {
            throw MailedTokens.notGood();
        }
        var user = accounts.users().findById(before.id()).orElseThrow(MailedTokens::notGood);
        user.choosePassword(hash);
        user.verifyEmail(clock.instant());
        accounts.users().save(user);
        sessions.closeAll(user.id());
        tokens.revoke(user.id(), Purpose.RESET_PASSWORD);
        tokens.revoke(user.id(), Purpose.VERIFY_EMAIL);
        log.audit()
                .record(
                        new Caller(user.actor(), user.id(), false, Map.of()),
                        "user.password-reset",
                        user.actor(),
                        Map.of());
        mailed.notice(user, Letter.PASSWORD_WAS_RESET, Purpose.RESET_PASSWORD, token);
    }
}
