package io.apihub.billing.notice;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a webhook's messages are signed with: HMAC-SHA256 with the secret's characters as the key,
 * over the time in seconds since 1970, a point and the body. {@code toString} never shows it.
 */
record WebhookSecret(String reveal) {

    /**
     * {@code t=<seconds>,v1=<64 hex digits>}; with a second {@code v1} while an old secret holds
     * too. Other versions may follow behind a comma.
     */
    static final String HEADER = "X-APIHub-Signature";

    private static final String PREFIX = "whsec_";
    private static final int BYTES = 32;

    /** {@code random} must be a SecureRandom outside tests. */
    static WebhookSecret mint(RandomGenerator random) {
        var bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new WebhookSecret(
                PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** The header's value, of all that hold. */
    static String sign(Collection<WebhookSecret> secrets, Instant at, String body) {
        return "t="
                + at.getEpochSecond()
                + secrets.stream()
                        .map(secret -> ",v1=" + secret.digest(at.getEpochSecond(), body))
                        .collect(Collectors.joining());
    }

    private String digest(long seconds, String body) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(reveal.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            var digest = mac.doFinal((seconds + "." + body).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA256", e);
        }
    }

    @Override
    public String toString() {
        return "***";
    }
}
