package io.apihub.billing.account;

import io.apihub.model.money.Credits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Reads the operator's table of tenants. */
@Component
public class Tenants {

    private static final String COLUMNS =
            "tenant_id, name, namespace, billing_mode, credit_limit_micros, deleted_at IS NOT NULL"
                    + " AS deleted";

    private final JdbcTemplate jdbc;

    Tenants(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Finds by name the tenant that holds the name now, else by id any that ever was. */
    public Optional<Tenant> find(String nameOrId) {
        var byName =
                jdbc.query(
                        "SELECT "
                                + COLUMNS
                                + " FROM registry.tenant WHERE name = ? AND deleted_at IS NULL"
                                + " ORDER BY cluster LIMIT 1",
                        Tenants::tenant,
                        nameOrId);
        return byName.stream().findFirst().or(() -> uuid(nameOrId).flatMap(this::find));
    }

    /** Finds the tenant whose namespace it is now. */
    public Optional<Tenant> inNamespace(String namespace) {
        return jdbc
                .query(
                        "SELECT "
                                + COLUMNS
                                + " FROM registry.tenant WHERE namespace = ? AND deleted_at IS NULL"
                                + " ORDER BY cluster LIMIT 1",
                        Tenants::tenant,
                        namespace)
                .stream()
                .findFirst();
    }

    public Optional<Tenant> find(UUID id) {
        return Optional.ofNullable(findAll(List.of(id)).get(id));
    }

    /** The tenants of these ids that are known; of a recreated one, the resource that lives. */
    public Map<UUID, Tenant> findAll(Collection<UUID> ids) {
        return jdbc
                .query(
                        "SELECT DISTINCT ON (tenant_id) "
                                + COLUMNS
                                + " FROM registry.tenant WHERE tenant_id = ANY (?)"
                                + " ORDER BY tenant_id, deleted_at DESC NULLS FIRST",
                        Tenants::tenant,
                        (Object) ids.toArray(UUID[]::new))
                .stream()
                .collect(Collectors.toMap(Tenant::id, Function.identity()));
    }

    private static Tenant tenant(ResultSet row, int number) throws SQLException {
        return new Tenant(
                row.getObject("tenant_id", UUID.class),
                row.getString("name"),
                row.getString("namespace"),
                row.getString("billing_mode"),
                new Credits(row.getLong("credit_limit_micros")),
                row.getBoolean("deleted"));
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return text.length() == 36 ? Optional.of(UUID.fromString(text)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
