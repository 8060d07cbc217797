package io.apihub.billing.identity;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.Scope;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.EntityTags;
import io.apihub.billing.rest.Fields;
import io.apihub.billing.user.Users;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** What users see and change of themselves. */
@RestController
@Tag(name = "Me")
class MeController {

    static final int MAX_NAME = 100;

    private final SignedIn signedIn;
    private final Users users;
    private final BrowserSessions sessions;
    private final AuditLog audit;
    private final TransactionTemplate transactions;
    private final EntityTags tags;

    MeController(
            SignedIn signedIn,
            Users users,
            BrowserSessions sessions,
            AuditLog audit,
            TransactionTemplate transactions,
            EntityTags tags) {
        this.signedIn = signedIn;
        this.users = users;
        this.sessions = sessions;
        this.audit = audit;
        this.transactions = transactions;
        this.tags = tags;
    }

    @Operation(summary = "One's own name and address")
    @Permit(Level.SIGNED_IN)
    @GetMapping("/api/v1/me")
    ResponseEntity<SessionViews.UserView> me(@Parameter(hidden = true) Caller caller) {
        return tags.answer(SessionViews.UserView.of(signedIn.user(caller)));
    }

    /** What may be changed of oneself. */
    record MeChange(@Nullable String displayName) {}

    @Operation(summary = "Change one's own display name")
    @Permit(Level.SIGNED_IN)
    @PatchMapping("/api/v1/me")
    ResponseEntity<SessionViews.UserView> change(
            @Parameter(description = EntityTags.IF_MATCH)
                    @RequestHeader(name = "If-Match", required = false)
                    @Nullable String ifMatch,
            @RequestBody MeChange change,
            @Parameter(hidden = true) Caller caller) {
        var name = Fields.name("displayName", change.displayName(), MAX_NAME);
        return Objects.requireNonNull(
                transactions.execute(status -> {
                    var user = signedIn.user(caller);
                    tags.check(ifMatch, SessionViews.UserView.of(user));
                    user.rename(name);
                    audit.record(caller, "user.renamed", user.actor(), Map.of());
                    return tags.answer(SessionViews.UserView.of(users.saveAndFlush(user)));
                }));
    }

    /**
     * A browser that is logged in.
     *
     * @param current whether it is the one that asks
     * @param lastSeenAt at most a minute old
     */
    record SessionItem(
            UUID id,
            boolean current,
            Instant createdAt,
            Instant lastSeenAt,
            Instant expiresAt,
            String address,
            String userAgent) {}

    /** All of them, the latest first. */
    record SessionList(List<SessionItem> items) {}

    @Operation(summary = "Browsers in which one is logged in")
    @Permit(Level.SIGNED_IN)
    @GetMapping("/api/v1/me/sessions")
    SessionList sessions(@Parameter(hidden = true) Caller caller, HttpServletRequest request) {
        var current = SessionFilter.of(request).map(LiveSession::id);
        return new SessionList(
                sessions.of(signedIn.user(caller).id()).stream()
                        .map(session -> item(session, current))
                        .toList());
    }

    private static SessionItem item(BrowserSessions.Shown session, Optional<UUID> current) {
        return new SessionItem(
                session.id(),
                current.filter(session.id()::equals).isPresent(),
                session.createdAt(),
                session.lastSeenAt(),
                session.expiresAt(),
                session.address(),
                session.userAgent());
    }

    @Operation(summary = "Log one browser out")
    @ApiResponse(responseCode = "204", description = "Logged out")
    @Permit(value = Level.SIGNED_IN, scope = Scope.ACCOUNT)
    @DeleteMapping("/api/v1/me/sessions/{session}")
    ResponseEntity<Void> close(
            @PathVariable UUID session, @Parameter(hidden = true) Caller caller) {
        transactions.executeWithoutResult(status -> {
            var user = signedIn.user(caller);
            if (!sessions.close(user.id(), session)) {
                throw new Refused(Problem.notFound("There is no session with this id."));
            }
            audit.record(
                    caller, "session.closed", user.actor(), Map.of("session", session.toString()));
        });
        return ResponseEntity.noContent().build();
    }

    @Operation(summary = "Log out everywhere", description = "This browser included.")
    @ApiResponse(responseCode = "204", description = "Logged out")
    @Permit(value = Level.SIGNED_IN, scope = Scope.ACCOUNT)
    @DeleteMapping("/api/v1/me/sessions")
    ResponseEntity<Void> closeAll(@Parameter(hidden = true) Caller caller) {
        transactions.executeWithoutResult(status -> {
            var user = signedIn.user(caller);
            sessions.closeAll(user.id());
            audit.record(caller, "session.all-closed", user.actor(), Map.of());
        });
        return ResponseEntity.noContent()
                .header(HttpHeaders.SET_COOKIE, SessionCookie.clear())
                .build();
    }
}
