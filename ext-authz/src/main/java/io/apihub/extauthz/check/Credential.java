package io.apihub.extauthz.check;

import io.apihub.extauthz.error.Denial;
import io.apihub.extauthz.error.Reason;
import io.apihub.model.key.ApiKeySecret;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The one credential of a request, wherever its protocol puts it. */
sealed interface Credential {

    /** A key of the right shape; nobody knows yet whether it exists. */
    record Presented(ApiKeySecret secret) implements Credential {}

    record Refused(Denial denial) implements Credential {}

    /** Reads it. Two different ones are refused: which of them the upstream sees is not for us. */
    static Credential of(HttpRequest request) {
        var reader = new Reader();
        reader.header(bearer(request.header("authorization")));
        reader.header(request.header("x-api-key"));
        reader.header(request.header("x-goog-api-key"));
        reader.query(request.query());
        return reader.result();
    }

    private static String bearer(String authorization) {
        boolean bearer = authorization.regionMatches(true, 0, "Bearer ", 0, 7);
        return bearer ? authorization.substring(7) : authorization;
    }

    /** Collects what it is shown. */
    final class Reader {

        private @Nullable String found;
        private boolean ambiguous;

        private Reader() {}

        /** Envoy joins repeated headers with a comma, which no key has. */
        private void header(String value) {
            ambiguous |= value.indexOf(',') >= 0;
            take(value.strip());
        }

        private void query(String query) {
            int from = 0;
            while (from < query.length()) {
                int end = query.indexOf('&', from);
                int to = end < 0 ? query.length() : end;
                parameter(query.substring(from, to));
                from = to + 1;
            }
        }

        private void parameter(String parameter) {
            int equals = parameter.indexOf('=');
            var rawName = equals < 0 ? parameter : parameter.substring(0, equals);
            var name = decoded(rawName);
            if (!name.equals("key") && !name.equals("auth_token")) {
                return;
            }
            // Envoy would not find, and so not remove, a name that is written in another way.
            ambiguous |= !rawName.equals(name);
            take(equals < 0 ? "" : decoded(parameter.substring(equals + 1)));
        }

        private static String decoded(String text) {
            if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
                return text;
            }
            try {
                return URLDecoder.decode(text, StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                return text;
            }
        }

        private void take(String value) {
            if (value.isEmpty()) {
                return;
            }
            ambiguous |= found != null && !found.equals(value);
            found = value;
        }

        private Credential result() {
            if (ambiguous) {
                return new Refused(
                        Denial.of(
                                Reason.AMBIGUOUS_CREDENTIALS,
                                "Send one API key, once: there are several, or one in an unusual"
                                        + " form."));
            }
            if (found == null) {
                return new Refused(
                        Denial.of(
                                Reason.MISSING_KEY,
                                "Missing API key. Send it as 'Authorization: Bearer sk-hub_...' or"
                                        + " in the header of your protocol."));
            }
            Optional<Credential> presented = ApiKeySecret.parse(found).map(Presented::new);
            return presented.orElseGet(() -> new Refused(Authenticator.UNKNOWN_KEY));
        }
    }
}
