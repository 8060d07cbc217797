package io.apihub.billing.identity;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.http.ResponseCookie;

/**
 * The cookie of a session. Its prefix makes browsers insist on what it says: HTTPS (or localhost),
 * this host only, the whole path.
 */
final class SessionCookie {

    static final String NAME = "__Host-apihub";

    /** Of a log-in that waits for its second step. */
    static final String PENDING = "__Host-apihub-log-in";

    private SessionCookie() {}

    static Optional<Secret> of(HttpServletRequest request) {
        return of(request, NAME).map(Secret::new);
    }

    static Optional<Secret> pending(HttpServletRequest request) {
        return of(request, PENDING).map(Secret::new);
    }

    private static Optional<String> of(HttpServletRequest request, String name) {
        return Stream.ofNullable(request.getCookies())
                .flatMap(Arrays::stream)
                .filter(cookie -> cookie.getName().equals(name))
                .map(Cookie::getValue)
                .filter(value -> value.length() == Secret.LENGTH)
                .findFirst();
    }

    static String set(Secret token, Duration longest) {
        return cookie(NAME, token.text(), longest);
    }

    static String clear() {
        return cookie(NAME, "", Duration.ZERO);
    }

    static String setPending(Secret token) {
        return cookie(PENDING, token.text(), SecondStep.PENDING);
    }

    static String clearPending() {
        return cookie(PENDING, "", Duration.ZERO);
    }

    private static String cookie(String name, String value, Duration age) {
        return ResponseCookie.from(name, value)
                .path("/")
                .secure(true)
                .httpOnly(true)
                .sameSite("Lax")
                .maxAge(age)
                .build()
                .toString();
    }
}
