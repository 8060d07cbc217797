package io.apihub.billing.budget;

import com.google.protobuf.InvalidProtocolBufferException;
import io.apihub.policy.v1.Quota;
import io.apihub.policy.v1.Tenant;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/** Reads the limits in the operator's tables, each revision of an object once. */
final class LimitRows {

    private static final Logger LOG = LoggerFactory.getLogger(LimitRows.class);

    /** Objects kept in memory. */
    private static final int CACHED = 100_000;

    /** The policy comes only if it is not the known revision. */
    private static final String SELECT =
            "SELECT w.t AS tenant_id, w.n AS namespace, w.q AS quota, o.uid, o.revision,"
                    + " CASE WHEN o.revision IS DISTINCT FROM w.r THEN o.policy END AS policy"
                    + " FROM unnest(?::uuid[], ?::text[], ?::text[], ?::bigint[]) AS w (t, n, q, r)"
                    + " JOIN LATERAL (SELECT uid, revision, policy FROM registry.quota"
                    + " WHERE w.q <> '' AND namespace = w.n AND name = w.q AND tenant_id = w.t"
                    + " AND deleted_at IS NULL"
                    + " UNION ALL SELECT uid, revision, policy FROM registry.tenant"
                    + " WHERE w.q = '' AND tenant_id = w.t AND deleted_at IS NULL) o ON true";

    private final JdbcTemplate jdbc;
    private final Map<Target, Parsed> cache = new ConcurrentHashMap<>();

    LimitRows(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** The object that a limit is in. */
    private record Target(UUID tenantId, String namespace, String quota) {
        static Target of(LimitName name) {
            return new Target(name.tenantId(), name.namespace(), name.quota());
        }
    }

    private record Parsed(UUID uid, long revision, Map<String, Limit> limits) {}

    Map<LimitName, Limit> find(Collection<LimitName> names) {
        var targets = names.stream().map(Target::of).distinct().toList();
        var now = new HashMap<Target, Parsed>();
        jdbc.query(
                SELECT,
                row -> {
                    var target =
                            new Target(
                                    row.getObject("tenant_id", UUID.class),
                                    row.getString("namespace"),
                                    row.getString("quota"));
                    now.put(target, parsed(target, row));
                },
                targets.stream().map(Target::tenantId).toArray(UUID[]::new),
                targets.stream().map(Target::namespace).toArray(String[]::new),
                targets.stream().map(Target::quota).toArray(String[]::new),
                targets.stream().map(this::knownRevision).toArray(Long[]::new));
        var found = new HashMap<LimitName, Limit>();
        for (var name : names) {
            var parsed = now.get(Target.of(name));
            var limit = parsed == null ? null : parsed.limits().get(name.limit());
            if (limit != null) {
                found.put(name, limit);
            }
        }
        return found;
    }

    private long knownRevision(Target target) {
        var known = cache.get(target);
        return known == null ? -1 : known.revision();
    }

    private Parsed parsed(Target target, ResultSet row) throws SQLException {
        var uid = row.getObject("uid", UUID.class);
        long revision = row.getLong("revision");
        var policy = row.getBytes("policy");
        var known = cache.get(target);
        if (policy == null && known != null) {
            return known;
        }
        var parsed = new Parsed(uid, revision, parse(target, policy, revision));
        if (cache.size() >= CACHED) {
            cache.clear();
        }
        cache.put(target, parsed);
        return parsed;
    }

    /** A policy that can't be read has no limits, so nothing is granted of them. */
    private static Map<String, Limit> parse(Target target, byte[] policy, long revision) {
        try {
            return target.quota().isEmpty()
                    ? PolicyLimits.of(Tenant.parseFrom(policy), revision)
                    : PolicyLimits.of(Quota.parseFrom(policy), revision);
        } catch (InvalidProtocolBufferException e) {
            LOG.error("the policy of {} at revision {} can't be read", target, revision, e);
            return new TreeMap<>();
        }
    }
}
