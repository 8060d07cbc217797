package io.apihub.billing.token;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/** The form that asks for a token, and the client's proof, which may stand in a header. */
final class TokenForm {

    private static final String BASIC = "Basic ";

    private final MultiValueMap<String, String> fields;
    private final @Nullable String authorization;

    /** Fields that are not known are ignored, as RFC 6749 wants. */
    TokenForm(MultiValueMap<String, String> fields, @Nullable String authorization) {
        this.fields = fields;
        this.authorization = authorization;
    }

    /** A client's id and secret. */
    record Client(String id, String secret) {

        @Override
        public String toString() {
            return id + ":***";
        }
    }

    /**
     * A field; empty if it is absent or blank.
     *
     * @throws OAuthRefusal if it is given twice
     */
    Optional<String> optional(String field) {
        var values = fields.get(field);
        if (values != null && values.size() > 1) {
            throw OAuthRefusal.invalidRequest("'" + field + "' is given twice.");
        }
        return Optional.ofNullable(values == null ? null : values.getFirst())
                .filter(value -> !value.isBlank());
    }

    String required(String field) {
        return optional(field)
                .orElseThrow(() -> OAuthRefusal.invalidRequest("'" + field + "' is missing."));
    }

    /**
     * The client's id and secret, from the header or the form.
     *
     * @throws OAuthRefusal if there is none, or both
     */
    Client client() {
        if (authorization == null
                || !authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return new Client(
                    optional("client_id").orElseThrow(OAuthRefusal::invalidClient),
                    optional("client_secret").orElseThrow(OAuthRefusal::invalidClient));
        }
        if (optional("client_secret").isPresent()) {
            throw OAuthRefusal.invalidRequest("Send the client's secret one way only.");
        }
        return basic(authorization.substring(BASIC.length()).strip());
    }

    private static Client basic(String encoded) {
        try {
            var pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            if (colon > 0) {
                return new Client(
                        URLDecoder.decode(pair.substring(0, colon), StandardCharsets.UTF_8),
                        URLDecoder.decode(pair.substring(colon + 1), StandardCharsets.UTF_8));
            }
        } catch (IllegalArgumentException e) {
            throw OAuthRefusal.invalidClient();
        }
        throw OAuthRefusal.invalidClient();
    }
}
