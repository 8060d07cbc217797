package io.apihub.billing.identity;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Takes the cookie of a request that has no Authorization. A request that changes something must
 * also prove that our own page sent it.
 */
@Component
class SessionFilter extends OncePerRequestFilter {

    static final String CSRF_HEADER = "X-CSRF-Token";

    private static final String SESSION = SessionFilter.class.getName();
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    private static final Set<String> WHILE_PASSWORD_MUST_CHANGE =
            Set.of("/api/v1/session", "/api/v1/session/second-factor", "/api/v1/me/password");
    private static final Set<String> LOG_IN =
            Set.of("/api/v1/session", "/api/v1/session/second-factor");

    private final BrowserSessions sessions;
    private final SameOrigin sameOrigin;
    private final ProblemWriter problems;

    SessionFilter(BrowserSessions sessions, SameOrigin sameOrigin, ProblemWriter problems) {
        this.sessions = sessions;
        this.sameOrigin = sameOrigin;
        this.problems = problems;
    }

    /** The session that a request was let in by; empty for other ways in. */
    static Optional<LiveSession> of(HttpServletRequest request) {
        return Optional.ofNullable((LiveSession) request.getAttribute(SESSION));
    }

    /** What the page must send as X-CSRF-Token; follows from the cookie, which it can't read. */
    static Secret csrfToken(Secret cookie) {
        return cookie.derive("csrf");
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var refusal =
                request.getHeader(HttpHeaders.AUTHORIZATION) == null
                        ? admit(request, response)
                        : null;
        if (refusal == null) {
            chain.doFilter(request, response);
        } else {
            problems.write(response, refusal);
        }
    }

    private @Nullable Problem admit(HttpServletRequest request, HttpServletResponse response) {
        boolean changes = !READING.contains(request.getMethod());
        if (changes && !sameOrigin.allows(request)) {
            return Problem.forbidden("cross-site", "This request came from another site.");
        }
        var cookie = SessionCookie.of(request);
        if (cookie.isEmpty()) {
            return null;
        }
        try {
            var session = sessions.find(cookie.get());
            return session.isEmpty() ? null : admit(request, cookie.get(), session.get());
        } catch (DataAccessException e) {
            response.setHeader("Retry-After", "1");
            return Problem.unavailable("The database does not answer; try again.");
        }
    }

    private static @Nullable Problem admit(
            HttpServletRequest request, Secret cookie, LiveSession session) {
        var token = request.getHeader(CSRF_HEADER);
        boolean reads = READING.contains(request.getMethod());
        // Logging in needs none: it replaces the session, and may not know the old one.
        if (!reads && !isLogIn(request) && (token == null || !csrfToken(cookie).is(token))) {
            return Problem.forbidden(
                    "csrf",
                    "A browser's session needs the header X-CSRF-Token with the csrfToken of GET"
                            + " /api/v1/session.");
        }
        if (session.passwordMustChange()
                && !WHILE_PASSWORD_MUST_CHANGE.contains(request.getRequestURI())) {
            return Problem.forbidden(
                    "password-must-change", "Change the password first: PUT /api/v1/me/password.");
        }
        request.setAttribute(SESSION, session);
        var context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(
                UsernamePasswordAuthenticationToken.authenticated(
                        session.caller(), null, List.of()));
        SecurityContextHolder.setContext(context);
        return null;
    }

    private static boolean isLogIn(HttpServletRequest request) {
        return request.getMethod().equals("POST") && LOG_IN.contains(request.getRequestURI());
    }
}
