package io.apihub.billing.user;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which passwords may be chosen: long ones that are not among the first to be guessed. */
public final class PasswordRules {

    public static final int MIN = 12;
    public static final int MAX = 128;

    private static final int DIFFERENT = 5;
    private static final Set<String> COMMON = common();

    private PasswordRules() {}

    /**
     * The form of a password that is hashed: NFKC, so that every keyboard types the same.
     *
     * @throws Refused if it may not be chosen
     */
    public static String choose(String field, @Nullable String given, EmailAddress owner) {
        if (given == null || given.length() > 2 * MAX) {
            throw length(field);
        }
        var password = normal(given);
        int length = password.codePointCount(0, password.length());
        if (length < MIN || length > MAX || password.chars().anyMatch(Character::isISOControl)) {
            throw length(field);
        }
        if (isEasy(password, owner)) {
            throw new Refused(
                    Problem.invalid(
                            field,
                            "Is too easy to guess: must have "
                                    + DIFFERENT
                                    + " different characters, not be a common password and not"
                                    + " begin with the e-mail address."));
        }
        return password;
    }

    private static boolean isEasy(String password, EmailAddress owner) {
        var lower = password.toLowerCase(Locale.ROOT);
        var local = owner.key().substring(0, owner.key().indexOf('@'));
        return password.chars().distinct().count() < DIFFERENT
                || COMMON.contains(lower)
                || lower.contains(owner.key())
                || (local.length() >= 4 && lower.startsWith(local) && password.length() < 2 * MIN);
    }

    /** The form that is compared. */
    public static String normal(String given) {
        return Normalizer.normalize(given, Normalizer.Form.NFKC);
    }

    private static Refused length(String field) {
        return new Refused(
                Problem.invalid(
                        field,
                        "Must have " + MIN + " to " + MAX + " characters and no control ones."));
    }

    private static Set<String> common() {
        try (var list = PasswordRules.class.getResourceAsStream("common-passwords.txt")) {
            if (list == null) {
                throw new IllegalStateException("common-passwords.txt is not in the jar");
            }
            return new String(list.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
