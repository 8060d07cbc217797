package io.apihub.model.key;

/**
 * The public part of a key: ten base-62 characters, held as their number so that tables of keys
 * stay small.
 *
 * @param value 0 to 62^10 - 1
 */
public record KeyId(long value) {

    public static final int LENGTH = 10;

    private static final long END = 839_299_365_868_340_224L; // 62^10

    public KeyId {
        if (value < 0 || value >= END) {
            throw new IllegalArgumentException("key id out of range: " + value);
        }
    }

    /**
     * Parses an id such as {@code Ab3dEf9hK2}.
     *
     * @throws IllegalArgumentException if it is not ten base-62 characters
     */
    public static KeyId parse(String text) {
        if (text.length() != LENGTH || !Base62.matches(text, 0, LENGTH)) {
            throw new IllegalArgumentException(
                    "a key id is ten characters of 0-9, A-Z, a-z: '" + text + "'");
        }
        return new KeyId(Base62.decode(text, 0, LENGTH));
    }

    @Override
    public String toString() {
        return Base62.encode(value, LENGTH);
    }
}
