package io.apihub.model.key;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * SHA-256 of {@code <tenant name>:<key>}: what is stored instead of the key. Bound to the tenant,
 * so that a digest copied from Git is worthless to another.
 */
public final class KeyDigest {

    /** How a resource writes it: {@code sha256:} and 64 lower-case hexadecimal digits. */
    public static final String PREFIX = "sha256:";

    public static final int BYTES = 32;

    private static final Pattern TEXT = Pattern.compile(PREFIX + "[0-9a-f]{64}");

    /** Finding the algorithm costs as much as using it, and it is used at every request. */
    private static final ThreadLocal<MessageDigest> SHA256 =
            ThreadLocal.withInitial(KeyDigest::sha256);

    private final byte[] bytes;

    private KeyDigest(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Wraps 32 bytes; they are copied. */
    public static KeyDigest ofBytes(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a digest has 32 bytes, not " + bytes.length);
        }
        return new KeyDigest(bytes.clone());
    }

    static KeyDigest of(String tenantName, String key) {
        return new KeyDigest(
                SHA256.get().digest((tenantName + ":" + key).getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Parses {@code sha256:} and 64 lower-case hexadecimal digits: one digest has one text.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static KeyDigest parse(String text) {
        if (!TEXT.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "a key hash is 'sha256:' and 64 lower-case hexadecimal digits");
        }
        return new KeyDigest(HexFormat.of().parseHex(text, PREFIX.length(), text.length()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** A copy of the 32 bytes. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** Compares in constant time. */
    @Override
    public boolean equals(Object other) {
        return other instanceof KeyDigest that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return PREFIX + HexFormat.of().formatHex(bytes);
    }
}
