package io.apihub.billing.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.settings.Mail;
import io.apihub.billing.testing.Mailbox;
import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.TestSettings;
import io.apihub.billing.user.EmailAddress;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionTemplate;

/** Mail as a real server gets it. */
class MailIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static TestDatabase database;
    private static Mailbox mailbox;
    private static RunningBilling billing;

    private final String address = "u-" + UUID.randomUUID() + "@example.com";

    private static RunningBilling start() {
        return RunningBilling.with(
                TestSettings.with(TestSettings.of(database), mailbox.settings()), more -> {});
    }

    @BeforeAll
    static void open() {
        database = TestDatabase.create();
        mailbox = new Mailbox();
        billing = start();
    }

    @AfterAll
    static void stop() {
        billing.close();
        mailbox.close();
    }

    private Message letter(String key) {
        return letter(key, address);
    }

    private static Message letter(String key, String to) {
        return Letter.INVITATION.fill(
                key,
                EmailAddress.of("email", to),
                Map.of("tenant", "acme", "role", "OWNER", "link", "https://hub.example.com/i#x"));
    }

    private static Mails.Outcome enqueue(RunningBilling of, Message message) {
        return of.get(TransactionTemplate.class)
                .execute(status -> of.get(Mails.class).enqueue(message));
    }

    @Test
    void aLetterArrivesInBothLanguages() throws Exception {
        assertThat(enqueue(billing, letter(address))).isEqualTo(Mails.Outcome.QUEUED);

        var mail = mailbox.await(address, 1);
        assertThat(mail.getSubject()).isEqualTo("Invitation to acme / 邀请您加入 acme");
        assertThat(Mailbox.text(mail))
                .contains("join the tenant acme at APIHub as OWNER", "您受邀以 OWNER 身份")
                .contains("https://hub.example.com/i#x")
                .doesNotContain("{");
        assertThat(mail.getFrom())
                .containsExactly(new InternetAddress("hub@example.com", "APIHub 接口", "UTF-8"));
        assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(mail.getMessageID()).matches("<[0-9a-z]{40,50}@example\\.com>");
    }

    @Test
    void whatIsSentLeavesOnlyThatItWas() {
        enqueue(billing, letter(address));
        mailbox.await(address, 1);

        Poll.until(PATIENCE, () -> state().equals("SENT"));
        assertThat(
                        database.admin()
                                .queryForObject(
                                        "SELECT content IS NULL FROM billing.mail WHERE recipient = ?",
                                        Boolean.class,
                                        address))
                .isTrue();
    }

    @Test
    void mailOfATransactionThatFailsIsNeverSent() {
        var mails = billing.get(Mails.class);
        billing.get(TransactionTemplate.class)
                .executeWithoutResult(status -> {
                    mails.enqueue(letter(address));
                    status.setRollbackOnly();
                });
        // Whoever is written to later is served later.
        enqueue(billing, letter("after-" + address, "after-" + address));
        mailbox.await("after-" + address, 1);

        assertThat(mailbox.of(address)).isEmpty();
        assertThatThrownBy(() -> mails.enqueue(letter(address)))
                .isInstanceOf(IllegalTransactionStateException.class);
    }

    @Test
    void aKeyIsSentOnceByHoweverManyBillings() {
        try (var second = start()) {
            IntStream.range(0, 15)
                    .parallel()
                    .forEach(i -> {
                        enqueue(billing, letter(address + i));
                        enqueue(second, letter(address + i));
                    });
            assertThat(enqueue(billing, letter(address + 0))).isEqualTo(Mails.Outcome.REPEATED);
            Poll.until(PATIENCE, () -> count("state = 'SENT'") == 15);
        }

        assertThat(mailbox.of(address)).hasSize(15);
    }

    @Test
    void oneMailboxIsNotFlooded() {
        for (int i = 0; i < 20; i++) {
            assertThat(enqueue(billing, letter(address + i))).isEqualTo(Mails.Outcome.QUEUED);
        }

        assertThat(enqueue(billing, letter(address + 20))).isEqualTo(Mails.Outcome.WITHHELD);
        assertThat(enqueue(billing, letter("upper", address.toUpperCase(Locale.ROOT))))
                .isEqualTo(Mails.Outcome.WITHHELD);
        assertThat(enqueue(billing, letter("other", "other-" + address)))
                .isEqualTo(Mails.Outcome.QUEUED);
    }

    @Test
    void aServerThatRefusesUsIsTriedAgainAndNothingIsReadableMeanwhile() {
        mailbox.logInWorks(false);
        try {
            enqueue(billing, letter(address));
            Poll.until(PATIENCE, () -> count("last_error IS NOT NULL AND state = 'QUEUED'") == 1);
            assertThat(
                            database.admin()
                                    .queryForObject(
                                            "SELECT encode(content, 'escape') FROM billing.mail"
                                                    + " WHERE recipient = ?",
                                            String.class,
                                            address))
                    .doesNotContain("acme", "hub.example.com");
            assertThat(billing.management("/metrics").body())
                    .containsPattern("apihub_mail_total\\{outcome=\"put_off\"} [1-9]");
        } finally {
            mailbox.logInWorks(true);
        }
        dueNow();

        mailbox.await(address, 1);
    }

    @Test
    void whatIsOfNoUseAnyMoreIsGivenUp() {
        mailbox.logInWorks(false);
        try {
            enqueue(billing, letter(address));
            Poll.until(PATIENCE, () -> count("last_error IS NOT NULL") == 1);
            database.admin()
                    .update(
                            "UPDATE billing.mail SET useful_until = now() WHERE recipient = ?",
                            address);
        } finally {
            mailbox.logInWorks(true);
        }
        dueNow();

        Poll.until(PATIENCE, () -> state().equals("GIVEN_UP"));
        assertThat(mailbox.of(address)).isEmpty();
        assertThat(billing.management("/metrics").body())
                .containsPattern("apihub_mail_total\\{outcome=\"given_up\"} [1-9]");
    }

    /** Or who listens in between reads the links by leaving out a word. */
    @Test
    void aServerThatStaysInClearGetsNothingIfItShallNot() {
        var server = mailbox.settings();
        var smtp =
                new Smtp(
                        new Mail(
                                server.host(),
                                server.port(),
                                Mail.Tls.STARTTLS,
                                server.login(),
                                server.from(),
                                null));
        var due = new Outbox.Due(1, "key", address, Optional.of("s\ntext"), true, false);

        assertThatThrownBy(() -> smtp.send(due))
                .isInstanceOf(MessagingException.class)
                .hasStackTraceContaining("STARTTLS");
        assertThat(mailbox.of(address)).isEmpty();
    }

    @Test
    void whatAnotherKeySealedWaitsForWhoHasIt() {
        database.admin()
                .update(
                        "INSERT INTO billing.mail (idempotency_key, recipient, content,"
                                + " useful_until) VALUES (?, ?, '\\x01', now() + interval '1 hour')",
                        address,
                        address);
        billing.get(Postman.class).wake();

        Poll.until(PATIENCE, () -> count("state = 'QUEUED' AND last_error LIKE 'sealed%'") == 1);
        database.admin().update("UPDATE billing.mail SET tries = 11 WHERE recipient = ?", address);
        dueNow();

        Poll.until(PATIENCE, () -> state().equals("GIVEN_UP"));
    }

    private void dueNow() {
        database.admin()
                .update("UPDATE billing.mail SET next_try_at = now() WHERE recipient = ?", address);
        billing.get(Postman.class).wake();
    }

    private String state() {
        return String.valueOf(
                database.admin()
                        .queryForObject(
                                "SELECT state FROM billing.mail WHERE recipient = ?",
                                String.class,
                                address));
    }

    private long count(String what) {
        var count =
                database.admin()
                        .queryForObject(
                                "SELECT count(*) FROM billing.mail WHERE recipient = ? AND " + what,
                                Long.class,
                                address);
        return count == null ? 0 : count;
    }
}
