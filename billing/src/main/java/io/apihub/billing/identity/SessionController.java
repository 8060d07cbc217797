package io.apihub.billing.identity;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.user.User;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Logging in and out, and who is logged in. */
@RestController
@Tag(name = "Session")
class SessionController {

    private final LogIn logIn;
    private final BrowserSessions sessions;
    private final SessionViews views;
    private final ClientAddress addresses;
    private final ChangeLog log;
    private final Duration longest;

    SessionController(
            LogIn logIn,
            BrowserSessions sessions,
            SessionViews views,
            ClientAddress addresses,
            ChangeLog log,
            Settings settings) {
        this.logIn = logIn;
        this.sessions = sessions;
        this.views = views;
        this.addresses = addresses;
        this.log = log;
        this.longest = settings.identity().sessions().longest();
    }

    /** What proves who somebody is. */
    record LogInRequest(@Nullable String email, @Nullable String password) {

        @Override
        public String toString() {
            return "***";
        }
    }

    @Operation(
            summary = "Log in",
            description =
                    "Sets the cookie __Host-apihub. Browsers send it by HTTPS, and by HTTP to"
                            + " localhost; programs use a bearer token instead. Whatever is wrong"
                            + " with address or password, the answer is the same. Where the user"
                            + " has a second factor, 202 and a cookie for the next step: POST"
                            + " /api/v1/session/second-factor within five minutes.")
    @ApiResponse(
            responseCode = "200",
            description = "Logged in",
            content = @Content(schema = @Schema(implementation = SessionViews.SessionView.class)))
    @ApiResponse(
            responseCode = "202",
            description = "A code is to follow",
            content = @Content(schema = @Schema(implementation = NextStep.class)))
    @SecurityRequirements
    @Permit(Level.ANYONE)
    @PostMapping("/api/v1/session")
    ResponseEntity<Object> logIn(
            @RequestBody LogInRequest credentials, HttpServletRequest request) {
        if (credentials.email() == null || credentials.password() == null) {
            throw new Refused(
                    Problem.invalid(
                            credentials.email() == null ? "email" : "password", "Is missing."));
        }
        var before = SessionCookie.of(request).orElse(null);
        return switch (logIn.open(
                credentials.email(), credentials.password(), origin(request), before)) {
            case LogIn.Session session ->
                    opened(session.token(), List.of(SessionCookie.set(session.token(), longest)));
            case LogIn.Pending pending ->
                    ResponseEntity.accepted()
                            .header(
                                    HttpHeaders.SET_COOKIE,
                                    SessionCookie.setPending(pending.token()))
                            .header(HttpHeaders.CACHE_CONTROL, "no-store")
                            .body(new NextStep("second-factor"));
        };
    }

    /**
     * What is still to be proven.
     *
     * @param next always {@code second-factor}
     */
    record NextStep(String next) {}

    /**
     * The second step of a log-in.
     *
     * @param code the six digits that the phone shows, or a recovery code; each is good once
     */
    record CodeRequest(@Nullable String code) {

        @Override
        public String toString() {
            return "***";
        }
    }

    @Operation(
            summary = "Log in: the second step",
            description =
                    "Needs the cookie __Host-apihub-log-in of the first one. Ten tries in 15"
                            + " minutes.")
    @ApiResponse(
            responseCode = "200",
            description = "Logged in",
            content = @Content(schema = @Schema(implementation = SessionViews.SessionView.class)))
    @SecurityRequirements
    @Permit(Level.ANYONE)
    @PostMapping("/api/v1/session/second-factor")
    ResponseEntity<Object> secondStep(@RequestBody CodeRequest code, HttpServletRequest request) {
        var session =
                logIn.finish(
                        SessionCookie.pending(request).orElse(null),
                        code.code(),
                        origin(request),
                        SessionCookie.of(request).orElse(null));
        return opened(
                session.token(),
                List.of(SessionCookie.set(session.token(), longest), SessionCookie.clearPending()));
    }

    private ResponseEntity<Object> opened(Secret token, List<String> cookies) {
        var session =
                sessions.find(token).orElseThrow(() -> new Refused(Problem.wrongCredentials()));
        return ResponseEntity.ok()
                .header(HttpHeaders.SET_COOKIE, cookies.toArray(String[]::new))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(views.of(session.caller(), token, session.expiresAt()));
    }

    private LogIn.Origin origin(HttpServletRequest request) {
        return new LogIn.Origin(
                addresses.of(request).getHostAddress(),
                addresses.block(request),
                request.getHeader(HttpHeaders.USER_AGENT));
    }

    @Operation(summary = "Who is calling, and the token that a browser's changes need")
    @Permit(Level.SIGNED_IN)
    @GetMapping("/api/v1/session")
    ResponseEntity<SessionViews.SessionView> session(
            @Parameter(hidden = true) Caller caller, HttpServletRequest request) {
        var session = SessionFilter.of(request).orElse(null);
        var cookie = session == null ? null : SessionCookie.of(request).orElse(null);
        Instant expiresAt = session == null ? null : session.expiresAt();
        return ResponseEntity.ok()
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .body(views.of(caller, cookie, expiresAt));
    }

    @Operation(summary = "Log out", description = "Ends this browser's session. Safe to repeat.")
    @ApiResponse(responseCode = "204", description = "Logged out")
    @Permit(Level.SIGNED_IN)
    @DeleteMapping("/api/v1/session")
    ResponseEntity<Void> logOut(
            @Parameter(hidden = true) Caller caller, HttpServletRequest request) {
        var session = SessionFilter.of(request);
        session.ifPresent(open -> close(caller, open.id()));
        return ResponseEntity.noContent()
                .header(HttpHeaders.SET_COOKIE, SessionCookie.clear())
                .build();
    }

    private void close(Caller caller, UUID session) {
        var user = Objects.requireNonNull(caller.user());
        log.transactions()
                .executeWithoutResult(status -> {
                    if (sessions.close(user, session)) {
                        log.audit()
                                .record(
                                        caller,
                                        "session.closed",
                                        User.actor(user),
                                        Map.of("session", session.toString()));
                    }
                });
    }
}
