package io.apihub.billing.budget;

import com.google.protobuf.InvalidProtocolBufferException;
import io.apihub.policy.v1.Quota;
import io.apihub.policy.v1.Tenant;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private final Map<LimitHome, Parsed> cache = new ConcurrentHashMap<>();

    LimitRows(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    private record Parsed(UUID uid, long revision, Map<String, Limit> limits) {}

    Map<LimitName, Limit> find(Collection<LimitName> names) {
        var targets = names.stream().map(LimitHome::of).distinct().toList();
        var now = new HashMap<LimitHome, Parsed>();
        jdbc.query(
                SELECT,
                row -> {
                    var target =
                            new LimitHome(
                                    row.getObject("tenant_id", UUID.class),
                                    row.getString("namespace"),
                                    row.getString("quota"));
                    now.put(target, parsed(target, row));
                },
                targets.stream().map(LimitHome::tenantId).toArray(UUID[]::new),
                targets.stream().map(LimitHome::namespace).toArray(String[]::new),
                targets.stream().map(LimitHome::quota).toArray(String[]::new),
                targets.stream().map(this::knownRevision).toArray(Long[]::new));
        var found = new HashMap<LimitName, Limit>();
        for (var name : names) {
            var parsed = now.get(LimitHome.of(name));
            var limit = parsed == null ? null : parsed.limits().get(name.limit());
            if (limit != null) {
                found.put(name, limit);
            }
        }
        return found;
    }

    /** Quotas and tenants that changed. Of most of them nothing is counted yet. */
    private static final String CHANGED =
            "SELECT tenant_id, namespace, name, revision, policy, deleted_at IS NOT NULL AS gone,"
                    + " EXISTS (SELECT FROM billing.budget b WHERE b.tenant_id = q.tenant_id"
                    + " AND b.quota_namespace = q.namespace AND b.quota_name = q.name)"
                    + " OR EXISTS (SELECT FROM billing.share s WHERE s.tenant_id = q.tenant_id"
                    + " AND s.quota_namespace = q.namespace AND s.quota_name = q.name) AS used"
                    + " FROM registry.quota q WHERE revision > ?"
                    + " UNION ALL SELECT tenant_id, namespace, '', revision, NULL,"
                    + " deleted_at IS NOT NULL, EXISTS (SELECT FROM billing.account a"
                    + " WHERE a.tenant_id = t.tenant_id) FROM registry.tenant t WHERE revision > ?"
                    + " ORDER BY revision LIMIT ?";

    /** The objects that changed after a revision, in their order; at most so many. */
    CreditStore.Changes changes(long since, int most) {
        long head =
                Objects.requireNonNull(
                        jdbc.queryForObject(
                                "SELECT coalesce(max(revision), 0) FROM registry.head",
                                Long.class));
        if (head <= since) {
            return new CreditStore.Changes(since, List.of(), List.of());
        }
        var homes = new LinkedHashSet<LimitHome>();
        var shadows = new ArrayList<ShadowLimits.Of>();
        var revisions = new ArrayList<Long>();
        jdbc.query(
                CHANGED,
                row -> {
                    var home =
                            new LimitHome(
                                    row.getObject("tenant_id", UUID.class),
                                    row.getString("namespace"),
                                    row.getString("name"));
                    revisions.add(row.getLong("revision"));
                    if (row.getBoolean("used")) {
                        homes.add(home);
                    }
                    if (!home.quota().isEmpty()) {
                        shadows.add(shadow(home, row));
                    }
                },
                since,
                since,
                most);
        long last = revisions.size() < most ? head : revisions.getLast();
        return new CreditStore.Changes(Math.max(last, since), List.copyOf(homes), shadows);
    }

    private static ShadowLimits.Of shadow(LimitHome home, ResultSet row) throws SQLException {
        try {
            return PolicyLimits.shadows(
                    Quota.parseFrom(row.getBytes("policy")),
                    home,
                    row.getLong("revision"),
                    row.getBoolean("gone"));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            LOG.error("the policy of {} can't be read", home, e);
            return new ShadowLimits.Of(home, List.of());
        }
    }

    private long knownRevision(LimitHome target) {
        var known = cache.get(target);
        return known == null ? -1 : known.revision();
    }

    private Parsed parsed(LimitHome target, ResultSet row) throws SQLException {
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
    private static Map<String, Limit> parse(LimitHome target, byte[] policy, long revision) {
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
