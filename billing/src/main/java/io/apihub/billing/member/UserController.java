package io.apihub.billing.member;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.Scope;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.identity.BrowserSessions;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.EntityTags;
import io.apihub.billing.rest.Pages;
import io.apihub.billing.user.User;
import io.apihub.billing.user.UserState;
import io.apihub.billing.user.Users;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Users, for administrators. */
@RestController
@Tag(name = "Users")
class UserController {

    private static final UUID FIRST = new UUID(0, 0);

    private final Users users;
    private final BrowserSessions sessions;
    private final AuditLog audit;
    private final JdbcTemplate jdbc;
    private final EntityTags tags;

    UserController(
            Users users,
            BrowserSessions sessions,
            AuditLog audit,
            JdbcTemplate jdbc,
            EntityTags tags) {
        this.users = users;
        this.sessions = sessions;
        this.audit = audit;
        this.jdbc = jdbc;
        this.tags = tags;
    }

    /** A user. */
    record UserItem(
            UUID id,
            String email,
            boolean emailVerified,
            String displayName,
            UserState state,
            boolean administrator,
            Instant createdAt) {}

    /**
     * A page.
     *
     * @param nextCursor for the next page; absent on the last
     */
    record UserPage(List<UserItem> items, @Nullable String nextCursor) {}

    /** What shall change; what is absent stays. */
    record UserChange(@Nullable Boolean disabled, @Nullable Boolean administrator) {}

    @Operation(summary = "All users")
    @Permit(Level.ADMINISTRATOR)
    @GetMapping("/api/v1/users")
    UserPage list(
            @Parameter(description = "nextCursor of the page before")
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(description = "1 to 500") @RequestParam(defaultValue = "100") int limit) {
        var size = Pages.limit(limit);
        var rows =
                jdbc.query(
                        "SELECT user_id, email, email_verified_at IS NOT NULL AS verified,"
                                + " display_name, state, administrator, created_at"
                                + " FROM billing.app_user WHERE user_id > ?"
                                + " ORDER BY user_id LIMIT ?",
                        (row, number) ->
                                new UserItem(
                                        row.getObject("user_id", UUID.class),
                                        row.getString("email"),
                                        row.getBoolean("verified"),
                                        row.getString("display_name"),
                                        UserState.valueOf(row.getString("state")),
                                        row.getBoolean("administrator"),
                                        row.getTimestamp("created_at").toInstant()),
                        cursor == null ? FIRST : Pages.id(cursor),
                        size + 1);
        var page = Pages.page(rows, size);
        return new UserPage(page.rows(), page.next(row -> row.id()));
    }

    @Operation(summary = "One user")
    @Permit(Level.ADMINISTRATOR)
    @GetMapping("/api/v1/users/{id}")
    ResponseEntity<UserItem> get(@PathVariable UUID id) {
        return tags.answer(view(find(id)));
    }

    private User find(UUID id) {
        return users.findById(id)
                .orElseThrow(() -> new Refused(Problem.notFound("No user has this id.")));
    }

    @Operation(
            summary = "Disable or enable a user, make one an administrator or not",
            description =
                    "Disabling logs the user out everywhere, and their tokens end with the next"
                            + " request. Nobody changes themselves, so that one administrator"
                            + " always stays.")
    @Permit(value = Level.ADMINISTRATOR, scope = Scope.ACCOUNT)
    @PatchMapping("/api/v1/users/{id}")
    @Transactional
    ResponseEntity<UserItem> change(
            @PathVariable UUID id,
            @Parameter(description = EntityTags.IF_MATCH)
                    @RequestHeader(name = "If-Match", required = false)
                    @Nullable String ifMatch,
            @RequestBody UserChange change,
            @Parameter(hidden = true) Caller caller) {
        checkStillOne(caller);
        var user = find(id);
        tags.check(ifMatch, view(user));
        if (id.equals(caller.user())) {
            throw new Refused(
                    Problem.conflict("oneself", "Another administrator has to change that."));
        }
        if (change.disabled() != null) {
            disable(user, change.disabled(), caller);
        }
        if (change.administrator() != null && change.administrator() != user.administrator()) {
            user.makeAdministrator(change.administrator());
            record(
                    caller,
                    change.administrator() ? "user.administrator-made" : "user.administrator-ended",
                    user);
        }
        return tags.answer(view(users.saveAndFlush(user)));
    }

    /** Of two who end each other at the same time, the second one is none any more. */
    private void checkStillOne(Caller caller) {
        users.lockAdministrators();
        if (caller.user() == null || !users.isAdministrator(caller.user())) {
            throw new Refused(Problem.forbidden());
        }
    }

    private void disable(User user, boolean disabled, Caller caller) {
        if (disabled && user.state() != UserState.DISABLED) {
            user.disable();
            sessions.closeAll(user.id());
            record(caller, "user.disabled", user);
        } else if (!disabled && user.state() == UserState.DISABLED) {
            user.enable();
            record(caller, "user.enabled", user);
        }
    }

    private void record(Caller caller, String action, User user) {
        audit.record(caller, action, user.actor(), Map.of());
    }

    private static UserItem view(User user) {
        return new UserItem(
                user.id(),
                user.email(),
                user.emailVerified(),
                user.displayName(),
                user.state(),
                user.administrator(),
                user.createdAt());
    }
}
