package io.apihub.billing.budget;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** The columns that name a limit and its subject. */
final class KeyColumns {

    private KeyColumns() {}

    static LimitKey key(ResultSet row) throws SQLException {
        return new LimitKey(
                new LimitName(
                        row.getObject("tenant_id", UUID.class),
                        row.getString("quota_namespace"),
                        row.getString("quota_name"),
                        row.getString("limit_name")),
                row.getString("subject"));
    }

    /** A window; all of time where there is none. */
    static Span span(ResultSet row) throws SQLException {
        long start = row.getLong("window_start_millis");
        long end = row.getLong("window_end_millis");
        return new Span(start, row.wasNull() ? Span.NEVER : end);
    }

    static Object tenants(List<LimitKey> keys) {
        return keys.stream().map(key -> key.name().tenantId()).toArray(UUID[]::new);
    }

    static Object namespaces(List<LimitKey> keys) {
        return keys.stream().map(key -> key.name().namespace()).toArray(String[]::new);
    }

    static Object quotas(List<LimitKey> keys) {
        return keys.stream().map(key -> key.name().quota()).toArray(String[]::new);
    }

    static Object limits(List<LimitKey> keys) {
        return keys.stream().map(key -> key.name().limit()).toArray(String[]::new);
    }

    static Object subjects(List<LimitKey> keys) {
        return keys.stream().map(LimitKey::subject).toArray(String[]::new);
    }
}
