package io.apihub.billing.budget;

import com.google.protobuf.InvalidProtocolBufferException;
import io.apihub.policy.v1.Quota;
import io.apihub.policy.v1.Tenant;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Reads what a tenant's limits have left, without a lock. */
@Component
public class LimitReport {

    private static final Logger LOG = LoggerFactory.getLogger(LimitReport.class);

    private static final String USES =
            "SELECT quota_namespace, quota_name, limit_name, subject, metric, time_window,"
                    + " spent + overage + observed AS used, leased, would_have_refused,"
                    + " coalesce(window_end_millis, 0) AS resets, exhausted, alerting_percent"
                    + " FROM billing.budget, (SELECT (extract(epoch FROM clock_timestamp()) * 1000)"
                    + "::bigint AS now) t WHERE tenant_id = ? AND window_start_millis <= now"
                    + " AND (window_end_millis IS NULL OR window_end_millis > now)"
                    + " UNION ALL SELECT quota_namespace, quota_name, limit_name, subject, metric,"
                    + " CASE metric WHEN 'CONCURRENCY' THEN 'NONE' ELSE 'MINUTE' END, 0, leased,"
                    + " 0, 0, false, 0 FROM billing.share WHERE tenant_id = ?"
                    + " ORDER BY quota_namespace, quota_name, limit_name, subject";

    private static final Comparator<LimitName> ORDER =
            Comparator.comparing(LimitName::namespace)
                    .thenComparing(LimitName::quota)
                    .thenComparing(LimitName::limit);

    private final JdbcTemplate jdbc;

    LimitReport(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What one limit has left for one subject.
     *
     * @param used settled in the running window; of rates and slots, which are not settled, 0
     * @param leased promised to gateways
     * @param resetsAtMillis 0 = never
     */
    public record Use(
            LimitKey key,
            Limit limit,
            long used,
            long leased,
            long wouldHaveRefused,
            long resetsAtMillis,
            boolean exhausted,
            int alertingPercent) {

        /** What is neither used nor leased, never negative. */
        public long remaining() {
            return Math.max(0, limit.amount() - used - leased);
        }
    }

    /** All limits of a tenant; one that counts for each key appears once a key used it. */
    public List<Use> of(UUID tenant) {
        var limits = limits(tenant);
        var uses = new ArrayList<Use>();
        var seen = new HashSet<LimitName>();
        jdbc.query(
                USES,
                row -> {
                    var name =
                            new LimitName(
                                    tenant,
                                    row.getString("quota_namespace"),
                                    row.getString("quota_name"),
                                    row.getString("limit_name"));
                    var limit = limits.get(name);
                    if (limit != null && isOf(limit, row)) {
                        seen.add(name);
                        uses.add(use(new LimitKey(name, row.getString("subject")), limit, row));
                    }
                },
                tenant,
                tenant);
        limits.forEach((name, limit) -> {
            if (!seen.contains(name) && !limit.perKey()) {
                uses.add(new Use(new LimitKey(name, ""), limit, 0, 0, 0, 0, false, 0));
            }
        });
        return uses;
    }

    private static boolean isOf(Limit limit, ResultSet row) throws SQLException {
        return limit.metric().name().equals(row.getString("metric"))
                && limit.window().name().equals(row.getString("time_window"));
    }

    private static Use use(LimitKey key, Limit limit, ResultSet row) throws SQLException {
        return new Use(
                key,
                limit,
                row.getLong("used"),
                row.getLong("leased"),
                row.getLong("would_have_refused"),
                row.getLong("resets"),
                row.getBoolean("exhausted"),
                row.getInt("alerting_percent"));
    }

    /** The tenant's own first, then by quota and name. */
    private Map<LimitName, Limit> limits(UUID tenant) {
        var found = new TreeMap<LimitName, Limit>(ORDER);
        jdbc.query(
                "SELECT namespace, name, policy, revision FROM registry.quota WHERE tenant_id = ?"
                        + " AND deleted_at IS NULL UNION ALL SELECT namespace, '', policy, revision"
                        + " FROM registry.tenant WHERE tenant_id = ? AND deleted_at IS NULL",
                row -> {
                    var home =
                            new LimitHome(
                                    tenant, row.getString("namespace"), row.getString("name"));
                    parse(home.quota(), row.getBytes("policy"), row.getLong("revision"))
                            .forEach((name, limit) -> found.put(home.limit(name), limit));
                },
                tenant,
                tenant);
        return found;
    }

    private static Map<String, Limit> parse(String quota, byte[] policy, long revision) {
        try {
            return quota.isEmpty()
                    ? PolicyLimits.of(Tenant.parseFrom(policy), revision)
                    : PolicyLimits.of(Quota.parseFrom(policy), revision);
        } catch (InvalidProtocolBufferException e) {
            LOG.error("the policy of quota {} can't be read", quota, e);
            return Map.of();
        }
    }
}
