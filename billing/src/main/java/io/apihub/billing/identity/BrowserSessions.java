package io.apihub.billing.identity;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Pass;
import io.apihub.billing.access.Role;
import io.apihub.billing.settings.Identity;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.user.User;
import io.apihub.billing.user.UserState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Browsers that are logged in. Kept in the database, so every billing knows them, and a log-out
 * holds at once and everywhere.
 */
@Component
public class BrowserSessions {

    private static final Duration SEEN_AT_MOST_EVERY = Duration.ofMinutes(1);
    private static final int MAX_USER_AGENT = 200;

    /** One statement a request: session, user and roles. */
    private static final String FIND =
            "SELECT s.session_id, s.user_id, s.last_seen_at, s.expires_at, u.administrator,"
                    + " u.state, u.password_must_change, m.tenants, m.roles FROM billing.session s JOIN"
                    + " billing.app_user u USING (user_id) CROSS JOIN LATERAL (   SELECT"
                    + " array_agg(tenant_id) AS tenants, array_agg(role) AS roles     FROM"
                    + " billing.member WHERE user_id = s.user_id) m WHERE s.token_sha256 = ?";

    private final JdbcTemplate jdbc;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Identity.Sessions life;

    BrowserSessions(
            JdbcTemplate jdbc, InstantSource clock, RandomGenerator random, Settings settings) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.random = random;
        this.life = settings.identity().sessions();
    }

    /**
     * One of a user's sessions, as the user sees it.
     *
     * @param lastSeenAt at most a minute old
     */
    record Shown(
            UUID id,
            Instant createdAt,
            Instant lastSeenAt,
            Instant expiresAt,
            String address,
            String userAgent) {}

    /** Opens a session; what is returned goes into the cookie and is kept nowhere. */
    public Secret open(UUID user, String address, @Nullable String userAgent) {
        var token = Secret.mint(random);
        var now = clock.instant();
        jdbc.update(
                "INSERT INTO billing.session (session_id, token_sha256, user_id, created_at,"
                        + " last_seen_at, expires_at, address, user_agent)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                UUID.randomUUID(),
                token.digest(),
                user,
                Timestamp.from(now),
                Timestamp.from(now),
                Timestamp.from(now.plus(life.longest())),
                address,
                shown(userAgent));
        return token;
    }

    private static String shown(@Nullable String userAgent) {
        var printable = userAgent == null ? "" : userAgent.replaceAll("[^\\x20-\\x7e]", "?");
        return printable.substring(0, Math.min(printable.length(), MAX_USER_AGENT));
    }

    /** The session of a cookie; empty if there is none, it is over or its user is shut out. */
    Optional<LiveSession> find(Secret token) {
        var found =
                jdbc.query(FIND, (row, number) -> session(row), (Object) token.digest()).stream()
                        .findFirst()
                        .filter(this::isAlive);
        found.ifPresent(this::seen);
        return found;
    }

    /** A clock that went back makes no session older, and none younger than it was. */
    private boolean isAlive(LiveSession session) {
        var now = clock.instant();
        return session.state() == UserState.ACTIVE
                && now.isBefore(session.expiresAt())
                && now.isBefore(session.lastSeenAt().plus(life.idle()));
    }

    private void seen(LiveSession session) {
        var now = clock.instant();
        if (now.isAfter(session.lastSeenAt().plus(SEEN_AT_MOST_EVERY))) {
            jdbc.update(
                    "UPDATE billing.session SET last_seen_at = ?"
                            + " WHERE session_id = ? AND last_seen_at < ?",
                    Timestamp.from(now),
                    session.id(),
                    Timestamp.from(now));
        }
    }

    /** Ends one session of a user; says whether there was one. */
    public boolean close(UUID user, UUID session) {
        return jdbc.update(
                        "DELETE FROM billing.session WHERE user_id = ? AND session_id = ?",
                        user,
                        session)
                > 0;
    }

    /** Ends the session of a cookie, if there is one. */
    void close(Secret token) {
        jdbc.update("DELETE FROM billing.session WHERE token_sha256 = ?", (Object) token.digest());
    }

    /** Logs a user out everywhere; a log-in that waits for its second step ends too. */
    public int closeAll(UUID user) {
        jdbc.update(
                "DELETE FROM billing.user_token"
                        + " WHERE user_id = ? AND purpose = 'SECOND_FACTOR'",
                user);
        return jdbc.update("DELETE FROM billing.session WHERE user_id = ?", user);
    }

    /** A user's sessions, the latest first. */
    List<Shown> of(UUID user) {
        var now = clock.instant();
        return jdbc.query(
                "SELECT session_id, created_at, last_seen_at, expires_at, address, user_agent"
                        + " FROM billing.session WHERE user_id = ? AND expires_at > ?"
                        + " AND last_seen_at > ? ORDER BY last_seen_at DESC, session_id LIMIT 100",
                (row, number) ->
                        new Shown(
                                row.getObject(1, UUID.class),
                                row.getTimestamp(2).toInstant(),
                                row.getTimestamp(3).toInstant(),
                                row.getTimestamp(4).toInstant(),
                                row.getString(5),
                                row.getString(6)),
                user,
                Timestamp.from(now),
                Timestamp.from(now.minus(life.idle())));
    }

    /** Forgets sessions that are over. */
    @Scheduled(fixedDelay = 3_600_000, initialDelay = 600_000)
    void forget() {
        var now = clock.instant();
        jdbc.update(
                "DELETE FROM billing.session WHERE expires_at < ? OR last_seen_at < ?",
                Timestamp.from(now),
                Timestamp.from(now.minus(life.idle())));
    }

    private static LiveSession session(ResultSet row) throws SQLException {
        var user = row.getObject("user_id", UUID.class);
        var id = row.getObject("session_id", UUID.class);
        return new LiveSession(
                id,
                new Caller(User.actor(user), user, row.getBoolean("administrator"), roles(row))
                        .by(Pass.session(id)),
                UserState.valueOf(row.getString("state")),
                row.getTimestamp("last_seen_at").toInstant(),
                row.getTimestamp("expires_at").toInstant(),
                row.getBoolean("password_must_change"));
    }

    private static Map<UUID, Role> roles(ResultSet row) throws SQLException {
        var tenants = row.getArray("tenants");
        if (tenants == null) {
            return Map.of();
        }
        var ids = (UUID[]) tenants.getArray();
        var names = (String[]) row.getArray("roles").getArray();
        var roles = new HashMap<UUID, Role>();
        for (int i = 0; i < ids.length; i++) {
            roles.put(ids[i], Role.valueOf(names[i]));
        }
        return roles;
    }
}
