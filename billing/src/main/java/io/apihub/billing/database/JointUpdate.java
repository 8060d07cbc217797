package io.apihub.billing.database;

import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Updates of several tables that go to Postgres as one statement. Only of rows that the transaction
 * has locked already: among themselves these updates have no order, and none sees another's.
 */
public final class JointUpdate {

    private final List<String> updates = new ArrayList<>();
    private final List<Object> parameters = new ArrayList<>();

    /** Adds an update of a table that has none yet. */
    public void add(String sql, Object... values) {
        updates.add(sql);
        parameters.addAll(List.of(values));
    }

    /** Sends them; nothing if there are none. */
    public void run(JdbcTemplate jdbc) {
        if (updates.isEmpty()) {
            return;
        }
        var sql = new StringBuilder();
        int last = updates.size() - 1;
        for (int i = 0; i < last; i++) {
            sql.append(i == 0 ? "WITH " : ", ")
                    .append("update_")
                    .append(i)
                    .append(" AS (")
                    .append(updates.get(i))
                    .append(")");
        }
        jdbc.update(sql.append(' ').append(updates.get(last)).toString(), parameters.toArray());
    }
}
