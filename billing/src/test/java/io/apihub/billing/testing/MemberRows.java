package io.apihub.billing.testing;

import io.apihub.billing.access.Role;
import io.apihub.billing.database.TestDatabase;
import java.util.UUID;

/** Users and members, put into the tables as they are. */
public final class MemberRows {

    private final TestDatabase database;

    public MemberRows(TestDatabase database) {
        this.database = database;
    }

    /** A user who may log in, with an address that nobody else has. */
    public UUID user() {
        var id = UUID.randomUUID();
        var email = id + "@example.com";
        database.admin()
                .update(
                        "INSERT INTO billing.app_user (user_id, email, email_key, display_name,"
                                + " state, administrator, password_must_change, email_verified_at,"
                                + " created_at, version)"
                                + " VALUES (?, ?, ?, 'Somebody', 'ACTIVE', false, false, now(),"
                                + " now(), 0)",
                        id,
                        email,
                        email);
        return id;
    }

    public UUID member(UUID tenant, Role role) {
        var user = user();
        join(tenant, user, role);
        return user;
    }

    public void join(UUID tenant, UUID user, Role role) {
        database.admin()
                .update(
                        "INSERT INTO billing.member (tenant_id, user_id, role) VALUES (?, ?, ?)"
                                + " ON CONFLICT (tenant_id, user_id)"
                                + " DO UPDATE SET role = excluded.role",
                        tenant,
                        user,
                        role.name());
    }

    public void leave(UUID tenant, UUID user) {
        database.admin()
                .update(
                        "DELETE FROM billing.member WHERE tenant_id = ? AND user_id = ?",
                        tenant,
                        user);
    }

    public void administrator(UUID user) {
        database.admin()
                .update("UPDATE billing.app_user SET administrator = true WHERE user_id = ?", user);
    }

    public void disable(UUID user) {
        database.admin()
                .update("UPDATE billing.app_user SET state = 'DISABLED' WHERE user_id = ?", user);
    }
}
