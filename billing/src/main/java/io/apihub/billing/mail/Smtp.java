package io.apihub.billing.mail;

import io.apihub.billing.settings.Mail;
import jakarta.mail.Authenticator;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.UnsupportedEncodingException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Properties;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.jspecify.annotations.Nullable;

/** One mail server. */
final class Smtp {

    private static final String UTF_8 = StandardCharsets.UTF_8.name();
    private static final String TIMEOUT_MILLIS = "10000";

    private final Mail settings;
    private final Session session;

    Smtp(Mail settings) {
        this.settings = settings;
        this.session = Session.getInstance(properties(settings), login(settings.login()));
    }

    private static Properties properties(Mail settings) {
        var properties = new Properties();
        properties.put("mail.transport.protocol", "smtp");
        properties.put("mail.smtp.host", settings.host());
        properties.put("mail.smtp.port", String.valueOf(settings.port()));
        properties.put("mail.smtp.auth", String.valueOf(settings.login() != null));
        boolean upgrade = settings.tls() == Mail.Tls.STARTTLS;
        properties.put("mail.smtp.starttls.enable", String.valueOf(upgrade));
        // Or somebody in between leaves the word out, and everything is readable.
        properties.put("mail.smtp.starttls.required", String.valueOf(upgrade));
        properties.put("mail.smtp.ssl.enable", String.valueOf(settings.tls() == Mail.Tls.TLS));
        properties.put("mail.smtp.ssl.checkserveridentity", "true");
        properties.put("mail.smtp.connectiontimeout", TIMEOUT_MILLIS);
        properties.put("mail.smtp.timeout", TIMEOUT_MILLIS);
        properties.put("mail.smtp.writetimeout", TIMEOUT_MILLIS);
        return properties;
    }

    private static @Nullable Authenticator login(Mail.@Nullable Login login) {
        if (login == null) {
            return null;
        }
        return new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                return new PasswordAuthentication(login.user(), login.password());
            }
        };
    }

    /**
     * Hands a message to the server.
     *
     * @throws MessagingException if the server did not take it
     */
    void send(Outbox.Due mail) throws MessagingException {
        var message = new Identified(session, messageId(mail.key()));
        message.setFrom(from());
        message.setRecipient(
                RecipientType.TO, new InternetAddress(mail.recipient(), /* strict= */ true));
        message.setSubject(mail.subject(), UTF_8);
        message.setText(mail.text(), UTF_8);
        // Holiday notices are not for us.
        message.setHeader("Auto-Submitted", "auto-generated");
        message.saveChanges();
        Transport.send(message);
    }

    private InternetAddress from() throws MessagingException {
        try {
            return new InternetAddress(settings.from(), settings.fromName(), UTF_8);
        } catch (UnsupportedEncodingException e) {
            throw new MessagingException("every JDK has UTF-8", e);
        }
    }

    /** The same for each try, so that a mailbox can tell a repeat. */
    private String messageId(String key) {
        try {
            var digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(key.getBytes(StandardCharsets.UTF_8));
            var domain = settings.from().substring(settings.from().lastIndexOf('@') + 1);
            return "<"
                    + new BigInteger(1, digest).toString(Character.MAX_RADIX)
                    + "@"
                    + domain
                    + ">";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Whether the server said that it will never take this message for this recipient. */
    static boolean isFinal(MessagingException failure) {
        for (Exception cause = failure;
                cause instanceof MessagingException next;
                cause = next.getNextException()) {
            int code =
                    switch (cause) {
                        case SMTPAddressFailedException address -> address.getReturnCode();
                        case SMTPSendFailedException sending -> sending.getReturnCode();
                        default -> 0;
                    };
            // 530 and 535 want a log-in, which is our fault and may be mended.
            if (code >= 550 && code < 560) {
                return true;
            }
        }
        return false;
    }

    /** The library makes another id for each try, unless it is told. */
    private static final class Identified extends MimeMessage {

        private final String id;

        Identified(Session session, String id) {
            super(session);
            this.id = id;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", id);
        }
    }
}
