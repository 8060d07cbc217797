package io.apihub.billing.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.random.RandomGenerator;

/**
 * A random secret that somebody shows us again: 256 bits in Base64url. Only its digest is stored;
 * it is too long to be guessed from that.
 */
public record Secret(String text) {

    private static final int BYTES = 32;

    /** Of all secrets that {@link #mint} makes. */
    public static final int LENGTH = 43;

    public static Secret mint(RandomGenerator random) {
        var bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new Secret(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** SHA-256: what is stored and looked up. */
    public byte[] digest() {
        return sha256(text);
    }

    /** Another secret that follows from this one, and does not lead back to it. */
    public Secret derive(String purpose) {
        return new Secret(
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(sha256(purpose + ":" + text)));
    }

    /** Compares in constant time. */
    public boolean is(String given) {
        return MessageDigest.isEqual(
                text.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "***";
    }
}
