package io.apihub.billing.oidc;

import io.apihub.billing.identity.WayIn;
import java.sql.Timestamp;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Whom the provider's people are here, and what they are by their groups. */
@Component
class Identities implements WayIn {

    private final JdbcTemplate jdbc;
    private final InstantSource clock;

    Identities(JdbcTemplate jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * Somebody who has been here.
     *
     * @param administrator by a group
     */
    record Known(UUID user, boolean administrator) {}

    Optional<Known> find(Claims claims) {
        return jdbc
                .query(
                        "SELECT user_id, administrator FROM billing.oidc_identity"
                                + " WHERE issuer = ? AND subject = ?",
                        (row, number) -> new Known(row.getObject(1, UUID.class), row.getBoolean(2)),
                        claims.issuer(),
                        claims.subject())
                .stream()
                .findFirst();
    }

    /** Whether somebody else of this provider is the user already. */
    boolean isLinked(String issuer, UUID user) {
        return Boolean.TRUE.equals(
                jdbc.queryForObject(
                        "SELECT EXISTS (SELECT FROM billing.oidc_identity"
                                + " WHERE issuer = ? AND user_id = ?)",
                        Boolean.class,
                        issuer,
                        user));
    }

    void link(Claims claims, UUID user) {
        jdbc.update(
                "INSERT INTO billing.oidc_identity (issuer, subject, user_id, created_at)"
                        + " VALUES (?, ?, ?, ?)",
                claims.issuer(),
                claims.subject(),
                user,
                Timestamp.from(clock.instant()));
    }

    @Override
    public void close(UUID user) {
        jdbc.update("DELETE FROM billing.oidc_identity WHERE user_id = ?", user);
    }

    void administrator(Claims claims, boolean yes) {
        jdbc.update(
                "UPDATE billing.oidc_identity SET administrator = ?"
                        + " WHERE issuer = ? AND subject = ?",
                yes,
                claims.issuer(),
                claims.subject());
    }

    /** Tenants that the user is a member of by a group. */
    Set<UUID> tenants(UUID user) {
        return new HashSet<>(
                jdbc.query(
                        "SELECT tenant_id FROM billing.oidc_member WHERE user_id = ?",
                        (row, number) -> row.getObject(1, UUID.class),
                        user));
    }

    void addMember(UUID tenant, UUID user) {
        jdbc.update(
                "INSERT INTO billing.oidc_member (tenant_id, user_id) VALUES (?, ?)"
                        + " ON CONFLICT DO NOTHING",
                tenant,
                user);
    }
}
