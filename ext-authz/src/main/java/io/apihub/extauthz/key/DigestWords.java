package io.apihub.extauthz.key;

import java.nio.ByteBuffer;

/** A SHA-256 digest as four big-endian words, so that tables of digests stay small. */
public record DigestWords(long first, long second, long third, long fourth) {

    static final int COUNT = 4;

    /**
     * Reads 32 bytes.
     *
     * @throws IllegalArgumentException if there are more or fewer
     */
    public static DigestWords of(ByteBuffer bytes) {
        if (bytes.remaining() != Long.BYTES * COUNT) {
            throw new IllegalArgumentException("a digest has 32 bytes, not " + bytes.remaining());
        }
        return new DigestWords(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
    }

    /** Compares in constant time: every word is looked at, whatever the first ones say. */
    boolean sameAs(long[] words, int from) {
        long difference = first ^ words[from];
        difference |= second ^ words[from + 1];
        difference |= third ^ words[from + 2];
        difference |= fourth ^ words[from + 3];
        return difference == 0;
    }

    /** Compares in constant time. */
    boolean sameAs(DigestWords other) {
        long difference = first ^ other.first;
        difference |= second ^ other.second;
        difference |= third ^ other.third;
        difference |= fourth ^ other.fourth;
        return difference == 0;
    }

    void writeTo(long[] words, int from) {
        words[from] = first;
        words[from + 1] = second;
        words[from + 2] = third;
        words[from + 3] = fourth;
    }
}
