package io.apihub.billing.identity;

import io.apihub.billing.mail.Letter;
import io.apihub.billing.mail.Mails;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.user.EmailAddress;
import io.apihub.billing.user.User;
import io.apihub.billing.user.Users;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Mails links whose tokens prove that somebody reads the mailbox of a user. */
@Component
class MailedTokens {

    private static final Duration WINDOW = Duration.ofHours(1);
    private static final int MOST_FOR_ONE_ACCOUNT = 5;
    private static final int MOST_FROM_ONE_ADDRESS = 20;

    private final UserTokens tokens;
    private final Mails mails;
    private final Users users;
    private final Throttle throttle;
    private final Background background;
    private final TransactionTemplate transactions;
    private final @Nullable URI portal;

    MailedTokens(
            UserTokens tokens,
            Mails mails,
            Users users,
            Throttle throttle,
            Background background,
            Surroundings surroundings) {
        this.tokens = tokens;
        this.mails = mails;
        this.users = users;
        this.throttle = throttle;
        this.background = background;
        this.transactions = surroundings.transactions();
        this.portal = surroundings.settings().identity().publicUrl();
    }

    /** Where this runs. */
    @Component
    record Surroundings(TransactionTemplate transactions, Settings settings) {}

    /**
     * A kind of link.
     *
     * @param path in the portal
     */
    record Link(Purpose purpose, Letter letter, String path) {

        String subject() {
            return purpose.name() + "/";
        }
    }

    boolean isOn() {
        return mails.isOn();
    }

    /** Mails a link, in the caller's transaction. */
    void send(User user, Link link) {
        var token = tokens.issue(user.id(), link.purpose(), link.letter().usefulFor());
        mails.enqueue(
                link.letter()
                        .fill(
                                key(link.purpose(), token),
                                user.address(),
                                Map.of("link", portal + link.path() + "#" + token.text())));
    }

    /** Mails a notice that a user's token was used. */
    void notice(User user, Letter letter, Purpose used, Secret token) {
        mails.enqueue(letter.fill("used/" + key(used, token), user.address(), Map.of()));
    }

    /** Mails a letter that leads to the portal, once a day, in the caller's transaction. */
    void remind(User user, Letter letter, LocalDate day) {
        mails.enqueue(
                letter.fill(
                        letter + "/" + user.id() + "/" + day,
                        user.address(),
                        Map.of("link", portal + "/log-in")));
    }

    private static String key(Purpose purpose, Secret token) {
        return purpose + "/" + new BigInteger(1, token.digest()).toString(Character.MAX_RADIX);
    }

    /**
     * Mails a link to the user of an address, if there is one and the link is of use to them. The
     * answer and its duration are the same for any address.
     *
     * @param block where the wish comes from
     * @throws Refused 400 if it is no address, 409 if there is no mail here, 429
     */
    void ask(@Nullable String email, String block, Link link, Predicate<User> useful) {
        if (!mails.isOn()) {
            throw new Refused(
                    Problem.conflict(
                            "mail-off", "This installation sends no mail; ask its operators."));
        }
        var address = EmailAddress.of("email", email);
        throttle.count(
                new Throttle.Bound(
                        link.subject() + "account/" + address.key(), MOST_FOR_ONE_ACCOUNT, WINDOW),
                new Throttle.Bound(
                        link.subject() + "address/" + block, MOST_FROM_ONE_ADDRESS, WINDOW));
        background.soon(() ->
                transactions.executeWithoutResult(status ->
                        users.findByEmailKey(address.key())
                                .filter(useful)
                                .ifPresent(user -> send(user, link))));
    }

    /** What is said to whoever shows a token that is no good, whatever is wrong with it. */
    static Refused notGood() {
        return new Refused(
                Problem.invalid(
                        "token",
                        "No link has this token, or it was used or has expired; ask for another"
                                + " mail."));
    }
}
