package io.apihub.billing.oidc;

import io.apihub.billing.sealing.Sealer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * A log-in that is at the provider. It is in the browser's own cookie, sealed: so it works on any
 * billing, and in no other browser.
 *
 * @param next where the browser goes afterwards; a path of ours
 */
record Begun(String state, String nonce, String verifier, String next, Instant until) {

    private static final String PURPOSE = "oidc-log-in";
    private static final int PARTS = 5;
    private static final int LONGEST = 3_000;

    String sealed(Sealer sealer) {
        var text = String.join("\n", until.toString(), state, nonce, verifier, next);
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(sealer.seal(PURPOSE, text.getBytes(StandardCharsets.UTF_8)));
    }

    static Optional<Begun> open(Sealer sealer, String sealed, Instant now) {
        if (sealed.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            return sealer.open(PURPOSE, Base64.getUrlDecoder().decode(sealed))
                    .map(bytes -> new String(bytes, StandardCharsets.UTF_8).split("\n", PARTS))
                    .map(part ->
                            new Begun(part[1], part[2], part[3], part[4], Instant.parse(part[0])))
                    .filter(begun -> now.isBefore(begun.until()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "***";
    }
}
