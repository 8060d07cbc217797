package io.apihub.billing.member;

import io.apihub.billing.access.Caller;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.user.User;
import java.sql.Timestamp;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Who invited: what somebody offered ends when they may offer it no more. */
@Component
class Inviters {

    private final JdbcTemplate jdbc;
    private final AuditLog audit;
    private final InstantSource clock;

    Inviters(JdbcTemplate jdbc, AuditLog audit, InstantSource clock) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Whether who made an invitation could make it now. However they ceased to be an owner (removed
     * or made less by another or by a group, disabled, no administrator any more), this says so.
     */
    boolean stillMay(Invitation invitation) {
        var by = User.ofActor(invitation.createdBy());
        return by.isPresent()
                && Boolean.TRUE.equals(
                        jdbc.queryForObject(
                                "SELECT EXISTS (SELECT FROM billing.app_user u WHERE u.user_id = ?"
                                        + " AND u.state = 'ACTIVE' AND (u.administrator OR EXISTS"
                                        + " (SELECT FROM billing.member m WHERE m.user_id = u.user_id"
                                        + " AND m.tenant_id = ? AND m.role = 'OWNER')))",
                                Boolean.class,
                                by.get(),
                                invitation.tenantId()));
    }

    /** Revokes what an owner offered who is none any more. Needs a transaction. */
    void left(Caller caller, Tenant tenant, UUID user) {
        var revoked =
                jdbc.query(
                        "UPDATE billing.invitation SET revoked_at = ?, version = version + 1"
                                + " WHERE tenant_id = ? AND created_by = ? AND accepted_at IS NULL"
                                + " AND revoked_at IS NULL RETURNING invitation_id",
                        (row, number) -> row.getObject(1, UUID.class),
                        Timestamp.from(clock.instant()),
                        tenant.id(),
                        User.actor(user));
        for (var invitation : revoked) {
            audit.record(
                    caller,
                    "invitation.revoked",
                    "tenant/" + tenant.name(),
                    Map.of("invitation", invitation.toString()));
        }
    }
}
