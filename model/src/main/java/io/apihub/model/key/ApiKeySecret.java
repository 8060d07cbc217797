package io.apihub.model.key;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;

/**
 * A plaintext API key: {@code sk-hub_}, ten characters of public id, 43 random characters (256
 * bits), six characters of CRC-32 over all that stands before them. Base 62 throughout. {@code
 * toString} never shows it.
 */
public final class ApiKeySecret {

    public static final String PREFIX = "sk-hub_";

    /** Characters of a whole key. */
    public static final int LENGTH = 66;

    private static final int RANDOM_LENGTH = 43;
    private static final int CHECKSUM_LENGTH = 6;
    private static final int ID_END = PREFIX.length() + KeyId.LENGTH;
    private static final int CHECKED = LENGTH - CHECKSUM_LENGTH;

    private final String text;

    private ApiKeySecret(String text) {
        this.text = text;
    }

    /**
     * Reads a key as a client presents it.
     *
     * @return empty if shape or checksum is wrong, so that a guess costs no look-up
     */
    public static Optional<ApiKeySecret> parse(String text) {
        boolean wellFormed =
                text.length() == LENGTH
                        && text.startsWith(PREFIX)
                        && Base62.matches(text, PREFIX.length(), LENGTH)
                        && text.endsWith(checksum(text));
        return wellFormed ? Optional.of(new ApiKeySecret(text)) : Optional.empty();
    }

    /** Mints a new key with a random id. {@code random} must be a SecureRandom outside tests. */
    public static ApiKeySecret mint(RandomGenerator random) {
        return mint(
                new KeyId(Base62.decode(randomDigits(random, KeyId.LENGTH), 0, KeyId.LENGTH)),
                random);
    }

    /** Mints a new secret under an id that exists, for rotation. */
    public static ApiKeySecret mint(KeyId id, RandomGenerator random) {
        var checked = PREFIX + id + randomDigits(random, RANDOM_LENGTH);
        return new ApiKeySecret(checked + checksum(checked));
    }

    private static String randomDigits(RandomGenerator random, int length) {
        var digits = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            digits.append(Base62.ALPHABET.charAt(random.nextInt(62)));
        }
        return digits.toString();
    }

    private static String checksum(String text) {
        var crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.US_ASCII), 0, CHECKED);
        return Base62.encode(crc.getValue(), CHECKSUM_LENGTH);
    }

    public KeyId id() {
        return new KeyId(Base62.decode(text, PREFIX.length(), ID_END));
    }

    /** The digest under which the tenant's registry knows this key. */
    public KeyDigest digest(String tenantName) {
        return KeyDigest.of(tenantName, text);
    }

    /** What may be shown of the key: {@code sk-hub_Ab3dEf9hK2…}. */
    public String shownPrefix() {
        return text.substring(0, ID_END) + "…";
    }

    /** The key itself. For handing it to its owner, once; never for logs. */
    public String reveal() {
        return text;
    }

    @Override
    public String toString() {
        return "***";
    }
}
