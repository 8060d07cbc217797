package io.apihub.billing.testing;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.apihub.billing.settings.Mail;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** A real mail server in this JVM: GreenMail, which wants a log-in and keeps what it takes. */
public final class Mailbox implements AutoCloseable {

    private static final Pattern TOKEN = Pattern.compile("#([A-Za-z0-9_-]{43})");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String USER = "hub";
    private static final String PASSWORD = "mail-secret";

    private final GreenMail server = new GreenMail(ServerSetup.SMTP.dynamicPort());

    public Mailbox() {
        server.start();
        server.getUserManager().setAuthRequired(true);
        logInWorks(true);
    }

    /** Lets billing in or not; a server that does not is a mistake that somebody will mend. */
    public void logInWorks(boolean works) {
        server.setUser("hub@example.com", USER, works ? PASSWORD : "another");
    }

    public Mail settings() {
        return new Mail(
                "127.0.0.1",
                server.getSmtp().getPort(),
                Mail.Tls.NONE,
                new Mail.Login(USER, PASSWORD),
                "hub@example.com",
                "APIHub 接口");
    }

    /** What has come for somebody so far, the first one first. */
    public List<MimeMessage> of(String address) {
        return Arrays.stream(server.getReceivedMessages())
                .filter(mail -> isFor(mail, address))
                .toList();
    }

    private static boolean isFor(MimeMessage mail, String address) {
        try {
            return mail.getRecipients(RecipientType.TO)[0].toString().equals(address);
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until so many have come, and returns the last one. */
    public MimeMessage await(String address, int count) {
        Poll.until(PATIENCE, () -> of(address).size() >= count);
        return of(address).getLast();
    }

    /** What the link in a mail carries. */
    public static String token(MimeMessage mail) {
        var found = TOKEN.matcher(text(mail));
        if (!found.find()) {
            throw new AssertionError("no link in: " + text(mail));
        }
        return found.group(1);
    }

    public static String text(MimeMessage mail) {
        try {
            return (String) mail.getContent();
        } catch (IOException | MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop();
    }
}
