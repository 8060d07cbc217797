package io.apihub.billing.access;

import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Whether a caller may still see a tenant: for what lasts longer than one request. */
@Component
public class Standing {

    private final JdbcTemplate jdbc;

    Standing(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Asks the database anew. The administrator of the token file is no user, and stays.
     *
     * @return false if the user is gone, disabled, or neither a member nor an administrator
     */
    public boolean mayStillView(Caller caller, UUID tenant) {
        var user = caller.user();
        return user == null
                || Boolean.TRUE.equals(
                        jdbc.queryForObject(
                                "SELECT EXISTS (SELECT FROM billing.app_user u WHERE u.user_id = ?"
                                        + " AND u.state = 'ACTIVE' AND (u.administrator OR EXISTS"
                                        + " (SELECT FROM billing.member m WHERE m.user_id ="
                                        + " u.user_id AND m.tenant_id = ?)))",
                                Boolean.class,
                                user,
                                tenant));
    }
}
