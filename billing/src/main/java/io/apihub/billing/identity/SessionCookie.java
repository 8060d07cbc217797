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

    private SessionCookie() {}

    static Optional<Secret> of(HttpServletRequest request) {
        return Stream.ofNullable(request.getCookies())
                .flatMap(Arrays::stream)
                .filter(cookie -> cookie.getName().equals(NAME))
                .map(Cookie::getValue)
                .filter(value -> value.length() == Secret.LENGTH)
                .map(Secret::new)
                .findFirst();
    }

    static String set(Secret token, Duration longest) {
        return cookie(token.text(), longest);
    }

    static String clear() {
        return cookie("", Duration.ZERO);
    }

    private static String cookie(String value, Duration age) {
        return ResponseCookie.from(NAME, value)
                .path("/")
                .secure(true)
                .httpOnly(true)
                .sameSite("Lax")
                .maxAge(age)
                .build()
                .toString();
    }
}
