package io.apihub.billing.mail;

import io.apihub.billing.user.EmailAddress;
import java.time.Duration;

/**
 * A mail to one person.
 *
 * @param key what it is about, 1 to 200 characters: a second message with the same one is not sent
 * @param subject one line of at most 200 characters
 * @param text plain, at most 20,000 characters
 * @param usefulFor after that it is not sent any more
 */
public record Message(
        String key, EmailAddress to, String subject, String text, Duration usefulFor) {

    private static final int MAX_KEY = 200;
    private static final int MAX_SUBJECT = 200;
    private static final int MAX_TEXT = 20_000;

    /**
     * Checks what could become a header.
     *
     * @throws IllegalArgumentException if something is too long, or a line where none may be
     */
    public Message {
        check("key", key, MAX_KEY);
        check("recipient", to.text(), Integer.MAX_VALUE);
        check("subject", subject, MAX_SUBJECT);
        if (text.isBlank() || text.length() > MAX_TEXT) {
            throw new IllegalArgumentException("text must have 1 to " + MAX_TEXT + " characters");
        }
        if (!usefulFor.isPositive()) {
            throw new IllegalArgumentException("usefulFor must be positive, not " + usefulFor);
        }
    }

    private static void check(String what, String line, int most) {
        if (line.isBlank()
                || line.length() > most
                || line.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    what + " must be one line of 1 to " + most + " characters");
        }
    }

    @Override
    public String toString() {
        return key;
    }
}
