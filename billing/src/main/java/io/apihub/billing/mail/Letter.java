package io.apihub.billing.mail;

import io.apihub.billing.user.EmailAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * The letters that we write, in English and Chinese at once: nobody has told us yet which one they
 * read. Each is a file beside this class: its first line is the subject, {@code {name}} a gap.
 */
public enum Letter {
    /** Gaps: link. */
    EMAIL_VERIFICATION(Duration.ofHours(24)),
    /** Gaps: link. */
    ALREADY_REGISTERED(Duration.ofDays(2)),
    /** Gaps: link. */
    PASSWORD_RESET(Duration.ofMinutes(30)),
    /** No gaps. */
    PASSWORD_WAS_RESET(Duration.ofDays(2)),
    /** Gaps: tenant, role, link. */
    INVITATION(Duration.ofDays(7)),
    /** No gaps. */
    SECOND_FACTOR_REMOVED(Duration.ofDays(2)),
    /** Gaps: tenant, balance, threshold, currency, link. */
    LOW_BALANCE(Duration.ofDays(2)),
    /** Gaps: tenant, plan, endsat, link. */
    PLAN_ENDING(Duration.ofDays(2)),
    /** Gaps: tenant, limit, subject, percent, resetsat, link. */
    LIMIT_REACHED(Duration.ofDays(2)),
    /** Gaps: tenant, credit, bonus, currency, order, link. */
    PAYMENT_CREDITED(Duration.ofDays(2)),
    /** Gaps: tenant, url, reason, link. */
    WEBHOOK_DISABLED(Duration.ofDays(2));

    private final Duration usefulFor;

    Letter(Duration usefulFor) {
        this.usefulFor = usefulFor;
    }

    /** How long the letter is worth sending, and what is in it holds. */
    public Duration usefulFor() {
        return usefulFor;
    }

    /**
     * Writes it.
     *
     * @param key see {@link Message}
     * @param gaps single lines that we made or checked
     * @throws IllegalArgumentException if a gap is left, or is filled with more than a line
     */
    public Message fill(String key, EmailAddress to, Map<String, String> gaps) {
        var text = text();
        for (var gap : gaps.entrySet()) {
            if (gap.getValue().chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("not one line: " + gap.getKey());
            }
            text = text.replace("{" + gap.getKey() + "}", gap.getValue());
        }
        if (text.matches("(?s).*\\{[a-z]+}.*")) {
            throw new IllegalArgumentException("a gap of " + this + " is not filled");
        }
        int end = text.indexOf('\n');
        return new Message(
                key, to, text.substring(0, end), text.substring(end).strip() + "\n", usefulFor);
    }

    private String text() {
        var file = name().toLowerCase(Locale.ROOT).replace('_', '-') + ".txt";
        try (var letter = Letter.class.getResourceAsStream(file)) {
            if (letter == null) {
                throw new IllegalStateException(file + " is not in the jar");
            }
            return new String(letter.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
