package io.apihub.billing.audit;

import io.apihub.billing.access.Caller;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** Writes down every change, in the transaction that makes it: both are there, or neither. */
@Component
public class AuditLog {

    private final JdbcTemplate jdbc;
    private final JsonMapper json;

    AuditLog(JdbcTemplate jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /**
     * Adds a line for good. Needs a transaction.
     *
     * @param action dotted, what then what happened: {@code user.password-changed}
     * @param subject what was changed: {@code tenant/acme}, {@code user/<uuid>}
     * @param detail more of it, no secrets and nothing that a person may ask to be forgotten
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void record(Caller caller, String action, String subject, Map<String, String> detail) {
        jdbc.update(
                "INSERT INTO billing.audit (actor, user_id, action, subject, detail)"
                        + " VALUES (?, ?, ?, ?, ?::jsonb)",
                caller.name(),
                caller.user(),
                action,
                subject,
                json.writeValueAsString(detail));
    }
}
