package io.apihub.billing.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * What a program proves itself with: a prefix, sixteen characters of public id, 43 random
 * characters (256 bits), and six of CRC-32 over all before them, so that slips and scanners of
 * leaks need no look-up. Base 62. {@code toString} never shows it.
 */
final class Secret {

    private static final String ALPHABET =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int ID = 16;
    private static final int RANDOM = 43;
    private static final int CHECKSUM = 6;
    private static final Pattern REST =
            Pattern.compile("[0-9A-Za-z]{" + (ID + RANDOM + CHECKSUM) + "}");

    private final CredentialKind kind;
    private final String text;

    private Secret(CredentialKind kind, String text) {
        this.kind = kind;
        this.text = text;
    }

    /** {@code random} must be a SecureRandom outside tests. */
    static Secret mint(CredentialKind kind, RandomGenerator random) {
        var checked = new StringBuilder(kind.prefix());
        for (int i = 0; i < ID + RANDOM; i++) {
            checked.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return new Secret(kind, checked + checksum(checked.toString()));
    }

    /** Reads a secret of a kind; empty if shape or checksum is wrong. */
    static Optional<Secret> parse(CredentialKind kind, String text) {
        int prefix = kind.prefix().length();
        if (!text.startsWith(kind.prefix()) || !REST.matcher(text.substring(prefix)).matches()) {
            return Optional.empty();
        }
        int end = text.length() - CHECKSUM;
        return text.substring(end).equals(checksum(text.substring(0, end)))
                ? Optional.of(new Secret(kind, text))
                : Optional.empty();
    }

    private static String checksum(String text) {
        var crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        var digits = new char[CHECKSUM];
        long rest = crc.getValue();
        for (int i = CHECKSUM - 1; i >= 0; i--) {
            digits[i] = ALPHABET.charAt((int) (rest % ALPHABET.length()));
            rest /= ALPHABET.length();
        }
        return new String(digits);
    }

    /** What may be shown, and finds the row. */
    String publicId() {
        return text.substring(kind.prefix().length(), kind.prefix().length() + ID);
    }

    /** What is stored. 256 random bits need neither salt nor a slow hash. */
    byte[] sha256() {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Compares in constant time. */
    boolean hasDigest(byte[] digest) {
        return MessageDigest.isEqual(sha256(), digest);
    }

    /** The secret itself, for handing it over once; never for logs. */
    String reveal() {
        return text;
    }

    @Override
    public String toString() {
        return "***";
    }
}
