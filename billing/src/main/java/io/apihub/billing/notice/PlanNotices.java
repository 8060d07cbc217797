package io.apihub.billing.notice;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Looks for plans that end unless somebody does something: three days ahead of a period that is not
 * followed by another, and once it is over and its time of grace runs. Safe to repeat, and to run
 * in several billings.
 */
@Component
class PlanNotices {

    private static final Duration AHEAD = Duration.ofDays(3);
    private static final int AT_ONCE = 500;

    private static final String ENDING =
            "SELECT * FROM (SELECT s.tenant_id, p.name AS plan, concat_ws('/', s.subscription_id,"
                    + " s.period_number, lower(s.state)) AS about,"
                    + " coalesce(s.grace_ends_at, s.period_ends_at) AS ends_at"
                    + " FROM billing.subscription s JOIN billing.plan_version v USING (version_id)"
                    + " JOIN billing.plan p USING (plan_id) WHERE s.state = 'GRACE'"
                    + " OR s.state = 'ACTIVE' AND s.period_ends_at <= ?"
                    + " AND s.paid_ahead_micros IS NULL AND (s.cancelled OR NOT s.auto_renew)) e"
                    + " WHERE NOT EXISTS (SELECT FROM billing.notice n"
                    + " WHERE n.notice_key = 'plan-ending/' || e.about) LIMIT ?";

    private final JdbcTemplate jdbc;
    private final Notifier notifier;
    private final InstantSource clock;

    PlanNotices(JdbcTemplate jdbc, Notifier notifier, InstantSource clock) {
        this.jdbc = jdbc;
        this.notifier = notifier;
        this.clock = clock;
    }

    private record EndingPlan(UUID tenant, String plan, String about, Instant endsAt) {}

    /** Tells of each period's end once, and of its grace once. */
    @Transactional
    public void look() {
        var ending =
                jdbc.query(
                        ENDING,
                        (row, number) ->
                                new EndingPlan(
                                        row.getObject("tenant_id", UUID.class),
                                        row.getString("plan"),
                                        row.getString("about"),
                                        row.getTimestamp("ends_at").toInstant()),
                        Timestamp.from(clock.instant().plus(AHEAD)),
                        AT_ONCE);
        for (var each : ending) {
            notifier.take(
                    each.tenant(),
                    NoticeKind.PLAN_ENDING,
                    each.about(),
                    Map.of("plan", each.plan(), "endsAt", each.endsAt().toString()));
        }
    }
}
