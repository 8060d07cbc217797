package io.apihub.billing.member;

import io.apihub.billing.access.Role;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Who is a member of a tenant. */
@Component
class MemberTable {

    private final JdbcTemplate jdbc;

    MemberTable(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** A member. */
    record Row(UUID user, String email, String displayName, Role role, Instant since) {}

    /** A page in the order of the ids of users. */
    List<Row> after(UUID tenant, UUID user, int most) {
        return jdbc.query(
                "SELECT m.user_id, u.email, u.display_name, m.role, m.since FROM billing.member m"
                        + " JOIN billing.app_user u USING (user_id)"
                        + " WHERE m.tenant_id = ? AND m.user_id > ? ORDER BY m.user_id LIMIT ?",
                MemberTable::row,
                tenant,
                user,
                most);
    }

    Optional<Row> find(UUID tenant, UUID user) {
        return jdbc
                .query(
                        "SELECT m.user_id, u.email, u.display_name, m.role, m.since"
                                + " FROM billing.member m JOIN billing.app_user u USING (user_id)"
                                + " WHERE m.tenant_id = ? AND m.user_id = ?",
                        MemberTable::row,
                        tenant,
                        user)
                .stream()
                .findFirst();
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        return new Row(
                row.getObject("user_id", UUID.class),
                row.getString("email"),
                row.getString("display_name"),
                Role.valueOf(row.getString("role")),
                row.getTimestamp("since").toInstant());
    }

    /** All roles in a tenant, which nobody else changes until the transaction ends. */
    Map<UUID, Role> lock(UUID tenant) {
        var roles = new HashMap<UUID, Role>();
        jdbc.query(
                "SELECT user_id, role FROM billing.member WHERE tenant_id = ? ORDER BY user_id"
                        + " FOR UPDATE",
                row -> {
                    roles.put(row.getObject(1, UUID.class), Role.valueOf(row.getString(2)));
                },
                tenant);
        return roles;
    }

    void change(UUID tenant, UUID user, Role role) {
        jdbc.update(
                "UPDATE billing.member SET role = ? WHERE tenant_id = ? AND user_id = ?",
                role.name(),
                tenant,
                user);
    }

    void remove(UUID tenant, UUID user) {
        jdbc.update("DELETE FROM billing.member WHERE tenant_id = ? AND user_id = ?", tenant, user);
    }
}
