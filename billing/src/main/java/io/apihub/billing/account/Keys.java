package io.apihub.billing.account;

import io.apihub.model.key.KeyId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Reads the operator's table of keys, for names. */
@Component
public class Keys {

    private final JdbcTemplate jdbc;

    Keys(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** The names of keys by their uid; deleted ones too. */
    public Map<UUID, String> names(Collection<UUID> uids) {
        var names = new HashMap<UUID, String>();
        jdbc.query(
                "SELECT uid, name FROM registry.api_key WHERE uid = ANY (?)",
                row -> {
                    names.put(row.getObject(1, UUID.class), row.getString(2));
                },
                (Object) uids.toArray(UUID[]::new));
        return names;
    }

    /** The keys with this public id; several tenants may have the same one. */
    public List<UUID> withId(KeyId id) {
        return jdbc.query(
                "SELECT uid FROM registry.api_key WHERE key_id = ?",
                (row, number) -> row.getObject(1, UUID.class),
                id.toString());
    }

    /** The tenant's key with this public id, the newest if there were several. */
    public Optional<UUID> withId(UUID tenant, KeyId id) {
        return jdbc
                .query(
                        "SELECT uid FROM registry.api_key WHERE key_id = ? AND tenant_id = ?"
                                + " ORDER BY deleted_at DESC NULLS FIRST LIMIT 1",
                        (row, number) -> row.getObject(1, UUID.class),
                        id.toString(),
                        tenant)
                .stream()
                .findFirst();
    }

    /** The tenant's keys that have these names now; what is not there is left out. */
    public Map<String, UUID> named(UUID tenant, Collection<String> names) {
        var uids = new HashMap<String, UUID>();
        jdbc.query(
                "SELECT name, uid FROM registry.api_key WHERE tenant_id = ? AND name = ANY (?)"
                        + " AND deleted_at IS NULL",
                row -> {
                    uids.put(row.getString(1), row.getObject(2, UUID.class));
                },
                tenant,
                names.toArray(String[]::new));
        return uids;
    }
}
