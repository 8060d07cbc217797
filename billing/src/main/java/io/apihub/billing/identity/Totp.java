package io.apihub.billing.identity;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Time-based one-time passwords: RFC 6238 with SHA-1, 30 seconds and six digits. */
final class Totp {

    static final int SECRET_BYTES = 20;

    private static final long STEP_SECONDS = 30;
    private static final int SLACK_STEPS = 1;
    private static final int MODULUS = 1_000_000;
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int BITS_OF_A_DIGIT = 5;

    private Totp() {}

    static byte[] mint(RandomGenerator random) {
        var secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return secret;
    }

    /** The code of one step. */
    static String code(byte[] secret, long step) {
        try {
            var mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret, "RAW"));
            var hash = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
            int offset = hash[hash.length - 1] & 0xf;
            int number = ByteBuffer.wrap(hash).getInt(offset) & 0x7fffffff;
            return "%06d".formatted(number % MODULUS);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA1", e);
        }
    }

    static long step(Instant time) {
        return Math.floorDiv(time.getEpochSecond(), STEP_SECONDS);
    }

    /** Which step a code is of: this one, or a neighbour, since phones' clocks differ. */
    static OptionalLong find(byte[] secret, String code, Instant now) {
        var found = OptionalLong.empty();
        for (long step = step(now) - SLACK_STEPS; step <= step(now) + SLACK_STEPS; step++) {
            // All are compared, whichever it is.
            if (new Secret(code(secret, step)).is(code)) {
                found = OptionalLong.of(step);
            }
        }
        return found;
    }

    /** As phones want to be told a secret. */
    static String base32(byte[] bytes) {
        var text = new StringBuilder();
        int buffer = 0;
        int bits = 0;
        for (byte next : bytes) {
            buffer = (buffer << Byte.SIZE) | (next & 0xff);
            bits += Byte.SIZE;
            while (bits >= BITS_OF_A_DIGIT) {
                bits -= BITS_OF_A_DIGIT;
                text.append(BASE32.charAt((buffer >> bits) & 0x1f));
            }
            buffer &= (1 << bits) - 1;
        }
        if (bits > 0) {
            text.append(BASE32.charAt((buffer << (BITS_OF_A_DIGIT - bits)) & 0x1f));
        }
        return text.toString();
    }
}
