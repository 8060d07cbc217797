package io.apihub.billing.token;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Pass;
import io.apihub.billing.access.Role;
import io.apihub.billing.access.Scope;
import io.apihub.billing.user.Memberships;
import io.apihub.billing.user.User;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Whom a credential stands for, read anew for each request: what is revoked, and who is disabled or
 * removed, is out with the next one.
 */
@Component
class CredentialOwners {

    private static final String LIVE =
            "SELECT c.secret_sha256, c.user_id, c.tenant_id, c.role, c.scope,"
                    + " c.expires_at, u.administrator, c.last_used_at IS NULL OR"
                    + " c.last_used_at < now() - interval '1 minute' AS stale"
                    + " FROM billing.credential c LEFT JOIN billing.app_user u USING (user_id)"
                    + " WHERE c.public_id = ? AND c.revoked_at IS NULL AND (c.kind = 'CLIENT' OR"
                    + " (u.state = 'ACTIVE' AND NOT u.password_must_change))";

    private final JdbcTemplate jdbc;
    private final Memberships memberships;
    private final InstantSource clock;

    CredentialOwners(JdbcTemplate jdbc, Memberships memberships, InstantSource clock) {
        this.jdbc = jdbc;
        this.memberships = memberships;
        this.clock = clock;
    }

    /**
     * A credential that is good now.
     *
     * @param expiresAt null: never
     */
    record Owner(String publicId, Caller caller, @Nullable Instant expiresAt) {}

    /** Finds the owner of a secret. */
    Optional<Owner> find(Secret secret) {
        return find(secret.publicId(), Scope.OF_TOKENS, secret::hasDigest);
    }

    /** Finds the owner by the public id, for no more than some scopes. */
    Optional<Owner> find(String publicId, Set<Scope> atMost) {
        return find(publicId, atMost, digest -> true);
    }

    private Optional<Owner> find(String publicId, Set<Scope> atMost, Predicate<byte[]> digest) {
        return jdbc
                .query(
                        LIVE,
                        (row, number) ->
                                digest.test(row.getBytes("secret_sha256"))
                                        ? Optional.of(owner(publicId, atMost, row))
                                        : Optional.<Owner>empty(),
                        publicId)
                .stream()
                .flatMap(Optional::stream)
                .filter(owner ->
                        owner.expiresAt() == null || clock.instant().isBefore(owner.expiresAt()))
                .findFirst();
    }

    private Owner owner(String publicId, Set<Scope> atMost, ResultSet row) throws SQLException {
        var expiry = row.getTimestamp("expires_at");
        var scopes = EnumSet.noneOf(Scope.class);
        scopes.addAll(Scope.parse(row.getString("scope")));
        scopes.retainAll(atMost);
        if (row.getBoolean("stale")) {
            jdbc.update(
                    "UPDATE billing.credential SET last_used_at = now() WHERE public_id = ?"
                            + " AND (last_used_at IS NULL OR"
                            + " last_used_at < now() - interval '1 minute')",
                    publicId);
        }
        return new Owner(
                publicId,
                caller(publicId, scopes, row),
                expiry == null ? null : expiry.toInstant());
    }

    private Caller caller(String publicId, Set<Scope> scopes, ResultSet row) throws SQLException {
        var user = row.getObject("user_id", UUID.class);
        if (user == null) {
            return new Caller(
                    "client/" + publicId,
                    null,
                    false,
                    Map.of(
                            row.getObject("tenant_id", UUID.class),
                            Role.valueOf(row.getString("role"))),
                    scopes,
                    Pass.credential(publicId));
        }
        return new Caller(
                User.actor(user),
                user,
                row.getBoolean("administrator") && scopes.contains(Scope.ADMIN),
                memberships.of(user),
                scopes,
                Pass.credential(publicId));
    }
}
