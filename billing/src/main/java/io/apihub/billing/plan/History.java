package io.apihub.billing.plan;

import io.apihub.billing.audit.AuditLog;
import io.apihub.billing.plan.SubscriptionEvent.Kind;
import io.apihub.model.money.Credits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** What happened to subscriptions, written in the transactions that let it happen. */
@Component
public class History {

    private final JdbcTemplate jdbc;
    private final AuditLog audit;
    private final PlanTime time;

    History(JdbcTemplate jdbc, AuditLog audit, PlanTime time) {
        this.jdbc = jdbc;
        this.audit = audit;
        this.time = time;
    }

    /** What moved with an event. */
    record Moved(Credits price, Credits included) {

        static final Moved NOTHING = new Moved(Credits.ZERO, Credits.ZERO);
    }

    /** Adds an event of a subscription; what people do goes to the audit log as well. */
    void add(
            Subscription subscription,
            Kind kind,
            PlanVersion version,
            Moved moved,
            Actor actor,
            String reason) {
        var period = subscription.period();
        jdbc.update(
                "INSERT INTO billing.subscription_event (subscription_id, tenant_id, kind,"
                        + " version_id, price_micros, included_micros, period_starts_at,"
                        + " period_ends_at, actor, reason, happened_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                subscription.id(),
                subscription.tenant(),
                kind.name(),
                version.id(),
                moved.price().micros(),
                moved.included().micros(),
                Timestamp.from(period.startsAt()),
                Timestamp.from(period.endsAt()),
                actor.name(),
                reason,
                Timestamp.from(time.now()));
        if (actor.isPerson()) {
            audit.record(
                    actor.caller(),
                    "subscription." + kind.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    "tenant/" + subscription.tenant(),
                    Map.of(
                            "plan", version.name(),
                            "version", String.valueOf(version.number()),
                            "paid", moved.price().toDecimal()));
        }
    }

    /** All that was paid for a subscription. */
    Credits paid(UUID subscription) {
        return new Credits(
                Objects.requireNonNull(
                        jdbc.queryForObject(
                                "SELECT coalesce(sum(price_micros), 0)::bigint"
                                        + " FROM billing.subscription_event"
                                        + " WHERE subscription_id = ?",
                                Long.class,
                                subscription)));
    }

    /** What happened to a tenant's plans, newest first. */
    public List<SubscriptionEvent> before(UUID tenant, long event, int limit) {
        return jdbc.query(
                "SELECT e.* FROM billing.subscription_event e WHERE tenant_id = ?"
                        + " AND event_id < ? ORDER BY event_id DESC LIMIT ?",
                History::event,
                tenant,
                event,
                limit);
    }

    private static SubscriptionEvent event(ResultSet row, int number) throws SQLException {
        return new SubscriptionEvent(
                row.getLong("event_id"),
                row.getObject("subscription_id", UUID.class),
                Kind.valueOf(row.getString("kind")),
                row.getObject("version_id", UUID.class),
                new Credits(row.getLong("price_micros")),
                new Credits(row.getLong("included_micros")),
                row.getTimestamp("period_starts_at").toInstant(),
                row.getTimestamp("period_ends_at").toInstant(),
                row.getString("actor"),
                row.getString("reason"),
                row.getTimestamp("happened_at").toInstant());
    }
}
