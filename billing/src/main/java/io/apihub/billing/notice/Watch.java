package io.apihub.billing.notice;

import io.apihub.billing.settings.Settings;
import io.apihub.model.money.Credits;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Looks for what nobody reports: low balances, and limits that are nearly used up. Safe to repeat,
 * and to run in several billings.
 */
@Component
class Watch {

    private static final int AT_ONCE = 500;

    private final JdbcTemplate jdbc;
    private final Notifier notifier;
    private final String currency;

    Watch(JdbcTemplate jdbc, Notifier notifier, Settings settings) {
        this.jdbc = jdbc;
        this.notifier = notifier;
        this.currency = settings.currency();
    }

    private record LowBalance(UUID tenant, Credits balance, Credits threshold, long episode) {}

    /**
     * Tells of balances that fell below their threshold; each once, until it was above again. Who
     * has no account has nothing.
     */
    @Transactional
    public void lookAtBalances() {
        jdbc.update(
                "UPDATE billing.notice_setting SET low = false WHERE tenant_id IN (SELECT"
                        + " s.tenant_id FROM billing.notice_setting s JOIN billing.account a"
                        + " USING (tenant_id) WHERE s.low AND s.low_balance_micros IS NOT NULL"
                        + " AND a.balance_micros >= s.low_balance_micros"
                        + " ORDER BY s.tenant_id FOR UPDATE OF s)");
        for (var low : fallen()) {
            notifier.take(
                    low.tenant(),
                    NoticeKind.LOW_BALANCE,
                    low.tenant() + "/" + low.episode(),
                    Map.of(
                            "balance", low.balance().toDecimal(),
                            "threshold", low.threshold().toDecimal(),
                            "currency", currency));
        }
    }

    private List<LowBalance> fallen() {
        return jdbc.query(
                "WITH fallen AS (SELECT s.tenant_id, a.balance_micros FROM billing.notice_setting s"
                        + " JOIN billing.account a USING (tenant_id) WHERE NOT s.low"
                        + " AND a.balance_micros < s.low_balance_micros ORDER BY s.tenant_id"
                        + " LIMIT ? FOR UPDATE OF s)"
                        + " UPDATE billing.notice_setting s SET low = true,"
                        + " low_episode = s.low_episode + 1 FROM fallen f"
                        + " WHERE s.tenant_id = f.tenant_id RETURNING s.tenant_id,"
                        + " f.balance_micros, s.low_balance_micros, s.low_episode",
                (row, number) ->
                        new LowBalance(
                                row.getObject(1, UUID.class),
                                new Credits(row.getLong(2)),
                                new Credits(row.getLong(3)),
                                row.getLong(4)),
                AT_ONCE);
    }

    private record Alert(
            UUID tenant,
            String namespace,
            String quota,
            String limit,
            String subject,
            int percent,
            @Nullable OffsetDateTime resetsAt) {

        /** The same limit alerts once for each percentage in each window. */
        String key() {
            var window = resetsAt == null ? "total" : String.valueOf(resetsAt.toEpochSecond());
            return String.join(
                    "/",
                    tenant.toString(),
                    namespace,
                    quota,
                    limit,
                    subject,
                    window,
                    String.valueOf(percent));
        }

        Map<String, String> data() {
            return Map.of(
                    "limit",
                    (quota.isEmpty() ? "tenant" : quota) + "/" + limit,
                    "subject",
                    subject,
                    "percent",
                    String.valueOf(percent),
                    "resetsAt",
                    resetsAt == null ? "" : resetsAt.toInstant().toString());
        }
    }

    /** Tells of limits whose alertPercent is reached; the key is what the row says. */
    @Transactional
    public void lookAtLimits() {
        var alerts =
                jdbc.query(
                        "SELECT * FROM (SELECT s.*, 'limit-reached/' || concat_ws('/', tenant_id,"
                                + " quota_namespace, quota_name, limit_name, subject, coalesce("
                                + "floor(extract(epoch FROM resets_at))::bigint::text, 'total'),"
                                + " alerting_percent) AS notice_key FROM billing.limit_state s"
                                + " WHERE (exhausted OR alerting_percent > 0)"
                                + " AND alerting_percent > 0) s"
                                + " WHERE NOT EXISTS (SELECT FROM billing.notice n"
                                + " WHERE n.notice_key = s.notice_key) LIMIT ?",
                        (row, number) ->
                                new Alert(
                                        row.getObject("tenant_id", UUID.class),
                                        row.getString("quota_namespace"),
                                        row.getString("quota_name"),
                                        row.getString("limit_name"),
                                        row.getString("subject"),
                                        row.getInt("alerting_percent"),
                                        row.getObject("resets_at", OffsetDateTime.class)),
                        AT_ONCE);
        for (var alert : alerts) {
            notifier.take(alert.tenant(), NoticeKind.LIMIT_REACHED, alert.key(), alert.data());
        }
    }
}
