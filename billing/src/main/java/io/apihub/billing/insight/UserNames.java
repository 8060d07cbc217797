package io.apihub.billing.insight;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Names of users, for sums by user. */
@Component
class UserNames {

    private final JdbcTemplate jdbc;

    UserNames(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** By actor ({@code user/<uuid>}); clients and who is gone have none. */
    Map<String, String> of(Collection<String> actors) {
        var names = new HashMap<String, String>();
        if (!actors.isEmpty()) {
            jdbc.query(
                    "SELECT 'user/' || user_id, display_name FROM billing.app_user"
                            + " WHERE user_id = ANY (SELECT substr(actor, 6)::uuid"
                            + " FROM unnest(?::text[]) AS actor WHERE actor ~ '^user/[0-9a-f-]{36}$')",
                    row -> {
                        names.put(row.getString(1), row.getString(2));
                    },
                    (Object) actors.toArray(String[]::new));
        }
        return names;
    }
}
