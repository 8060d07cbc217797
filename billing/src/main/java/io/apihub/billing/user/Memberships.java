package io.apihub.billing.user;

import io.apihub.billing.access.Role;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Which tenants a user is a member of. */
@Component
public class Memberships {

    private final JdbcTemplate jdbc;

    Memberships(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** The user's role by tenant id, as it is now. */
    public Map<UUID, Role> of(UUID user) {
        var roles = new HashMap<UUID, Role>();
        jdbc.query(
                "SELECT tenant_id, role FROM billing.member WHERE user_id = ?",
                row -> {
                    roles.put(row.getObject(1, UUID.class), Role.valueOf(row.getString(2)));
                },
                user);
        return roles;
    }

    /** Makes a user a member in this role, whatever it was before. */
    public void set(UUID tenant, UUID user, Role role) {
        jdbc.update(
                "INSERT INTO billing.member (tenant_id, user_id, role) VALUES (?, ?, ?)"
                        + " ON CONFLICT (tenant_id, user_id) DO UPDATE SET role = excluded.role",
                tenant,
                user,
                role.name());
    }

    /** Ends a membership. Safe to repeat. */
    public void remove(UUID tenant, UUID user) {
        jdbc.update("DELETE FROM billing.member WHERE tenant_id = ? AND user_id = ?", tenant, user);
    }

    /**
     * Whether nobody else owns the tenant. Needs a transaction: until it ends, owners stay as they
     * are.
     */
    public boolean isLastOwner(UUID tenant, UUID user) {
        var owners =
                jdbc.query(
                        "SELECT user_id FROM billing.member WHERE tenant_id = ?"
                                + " AND role = 'OWNER' ORDER BY user_id FOR UPDATE",
                        (row, number) -> row.getObject(1, UUID.class),
                        tenant);
        return owners.equals(List.of(user));
    }

    /** Whether the user is a member of any tenant. */
    public boolean isAnywhere(UUID user) {
        return Boolean.TRUE.equals(
                jdbc.queryForObject(
                        "SELECT EXISTS (SELECT FROM billing.member WHERE user_id = ?)",
                        Boolean.class,
                        user));
    }

    /** Makes a user a member. Safe to repeat; a role that the user has already stays. */
    public void add(UUID tenant, UUID user, Role role) {
        jdbc.update(
                "INSERT INTO billing.member (tenant_id, user_id, role) VALUES (?, ?, ?)"
                        + " ON CONFLICT DO NOTHING",
                tenant,
                user,
                role.name());
    }
}
