package io.apihub.billing.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Reads the log from its end. */
@Component
class AuditPages {

    private static final TypeReference<Map<String, String>> DETAIL = new TypeReference<>() {};

    private final JdbcTemplate jdbc;
    private final JsonMapper json;

    AuditPages(JdbcTemplate jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** At most {@code limit} lines before a line, newest first. */
    List<AuditEntry> before(long id, AuditFilter filter, int limit) {
        var sql = new StringBuilder("SELECT * FROM billing.audit WHERE audit_id < ?");
        var parameters = new ArrayList<Object>(List.of(id));
        add(sql, parameters, " AND actor = ?", filter.actor());
        var action = filter.action();
        if (action != null) {
            boolean whole = action.indexOf('.') >= 0;
            add(
                    sql,
                    parameters,
                    whole ? " AND action = ?" : " AND split_part(action, '.', 1) = ?",
                    action);
        }
        add(sql, parameters, " AND subject = ?", filter.subject());
        add(sql, parameters, " AND at >= ?", timestamp(filter.first()));
        add(sql, parameters, " AND at < ?", timestamp(filter.end()));
        parameters.add(limit);
        return jdbc.query(
                sql.append(" ORDER BY audit_id DESC LIMIT ?").toString(),
                (row, number) -> entry(row),
                parameters.toArray());
    }

    private static void add(
            StringBuilder sql, List<Object> parameters, String condition, @Nullable Object value) {
        if (value != null) {
            sql.append(condition);
            parameters.add(value);
        }
    }

    private static @Nullable Timestamp timestamp(@Nullable Instant instant) {
        return instant == null ? null : Timestamp.from(instant);
    }

    private AuditEntry entry(ResultSet row) throws SQLException {
        return new AuditEntry(
                row.getLong("audit_id"),
                row.getTimestamp("at").toInstant(),
                row.getString("actor"),
                row.getObject("user_id", UUID.class),
                row.getString("action"),
                row.getString("subject"),
                json.readValue(row.getString("detail"), DETAIL));
    }
}
