package io.apihub.billing.plan;

import io.apihub.billing.plan.Subscription.Anchor;
import io.apihub.billing.plan.Subscription.Ending;
import io.apihub.billing.plan.Subscription.Span;
import io.apihub.billing.plan.Subscription.State;
import io.apihub.model.money.Credits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The table of subscriptions. What writes needs the lock of the tenant's account. */
@Component
public class Subscriptions {

    private static final String SELECT = "SELECT s.* FROM billing.subscription s";
    private static final String LIVE = "UPDATE billing.subscription SET ";
    private static final String IF_LIVE = " WHERE subscription_id = ? AND state <> 'ENDED'";

    private final JdbcTemplate jdbc;

    Subscriptions(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** The one that a tenant has now. */
    public Optional<Subscription> current(UUID tenant) {
        return jdbc
                .query(
                        SELECT + " WHERE tenant_id = ? AND state <> 'ENDED'",
                        Subscriptions::subscription,
                        tenant)
                .stream()
                .findFirst();
    }

    /** The one that a tenant has, or had last. */
    public Optional<Subscription> last(UUID tenant) {
        return jdbc
                .query(
                        SELECT + " WHERE tenant_id = ? ORDER BY seq DESC LIMIT 1",
                        Subscriptions::subscription,
                        tenant)
                .stream()
                .findFirst();
    }

    public Optional<Subscription> find(UUID id) {
        return jdbc
                .query(SELECT + " WHERE subscription_id = ?", Subscriptions::subscription, id)
                .stream()
                .findFirst();
    }

    /**
     * What is listed; what is null does not narrow it.
     *
     * @param waiting only those whose Tenant resource is not as the plan says
     * @param before only subscriptions older than this sequence number
     */
    public record Filter(
            @Nullable State state,
            @Nullable String plan,
            boolean waiting,
            long before,
            int limit) {}

    /** Subscriptions of all tenants, newest first. */
    public List<Subscription> list(Filter filter) {
        var state = filter.state() == null ? null : filter.state().name();
        return jdbc.query(
                SELECT
                        + " JOIN billing.plan_version v USING (version_id)"
                        + " JOIN billing.plan p USING (plan_id) WHERE seq < ?"
                        + " AND (?::text IS NULL OR state = ?) AND (?::text IS NULL OR p.name = ?)"
                        + " AND (NOT ? OR EXISTS (SELECT FROM billing.plan_application a"
                        + " WHERE a.tenant_id = s.tenant_id AND a.applied <> a.generation))"
                        + " ORDER BY seq DESC LIMIT ?",
                Subscriptions::subscription,
                filter.before(),
                state,
                state,
                filter.plan(),
                filter.plan(),
                filter.waiting(),
                filter.limit());
    }

    /** The ids of those with something to do, those that wait longest first. */
    List<UUID> due(Instant now, int most) {
        return jdbc.query(
                "SELECT subscription_id FROM billing.subscription WHERE state <> 'ENDED'"
                        + " AND look_at <= ? ORDER BY look_at LIMIT ?",
                (row, number) -> row.getObject(1, UUID.class),
                Timestamp.from(now),
                most);
    }

    Subscription add(UUID tenant, UUID version, boolean autoRenew, Span period) {
        var id = UUID.randomUUID();
        jdbc.update(
                "INSERT INTO billing.subscription (subscription_id, tenant_id, version_id,"
                        + " auto_renew, period_number, period_starts_at, period_ends_at, anchor_at,"
                        + " anchor_number, look_at, created_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                id,
                tenant,
                version,
                autoRenew,
                period.number(),
                Timestamp.from(period.startsAt()),
                Timestamp.from(period.endsAt()),
                Timestamp.from(period.startsAt()),
                period.number(),
                Timestamp.from(period.endsAt()),
                Timestamp.from(period.startsAt()));
        return find(id).orElseThrow();
    }

    /** Lets a period begin that is paid. */
    void begin(Subscription subscription, UUID version, Span period, Anchor anchor) {
        update(
                "state = 'ACTIVE', version_id = ?, period_number = ?, period_starts_at = ?,"
                        + " period_ends_at = ?, anchor_at = ?, anchor_number = ?, look_at = ?,"
                        + " paid_ahead_micros = NULL, next_version_id = NULL, grace_ends_at = NULL",
                subscription,
                version,
                period.number(),
                Timestamp.from(period.startsAt()),
                Timestamp.from(period.endsAt()),
                Timestamp.from(anchor.at()),
                anchor.number(),
                Timestamp.from(period.endsAt()));
    }

    void upgrade(Subscription subscription, UUID version, @Nullable Credits paidAhead) {
        update(
                "version_id = ?, next_version_id = NULL, upgrades = upgrades + 1,"
                        + " paid_ahead_micros = ?",
                subscription,
                version,
                paidAhead == null ? null : paidAhead.micros());
    }

    /** Plans another version for the next period; null: the same again. */
    void plan(Subscription subscription, @Nullable UUID next) {
        update("next_version_id = ?", subscription, next);
    }

    void payAhead(Subscription subscription, Credits price) {
        update("paid_ahead_micros = ?, cancelled = false", subscription, price.micros());
    }

    void choose(Subscription subscription, boolean autoRenew, boolean cancelled) {
        update("auto_renew = ?, cancelled = ?", subscription, autoRenew, cancelled);
    }

    void grace(Subscription subscription, Instant until, Instant look) {
        update(
                "state = 'GRACE', grace_ends_at = ?, look_at = ?",
                subscription,
                Timestamp.from(until),
                Timestamp.from(look));
    }

    void lookAgain(Subscription subscription, Instant when) {
        update("look_at = ?", subscription, Timestamp.from(when));
    }

    /** Looks at one that is overdue without waiting for its turn. */
    void lookSoon(Collection<UUID> tenants, Instant now) {
        jdbc.update(
                "UPDATE billing.subscription SET look_at = ?"
                        + " WHERE tenant_id = ANY (?) AND state = 'GRACE'",
                Timestamp.from(now),
                tenants.toArray(UUID[]::new));
    }

    void end(Subscription subscription, Instant when, String reason) {
        update(
                "state = 'ENDED', ended_at = ?, end_reason = ?, look_at = NULL",
                subscription,
                Timestamp.from(when),
                reason);
    }

    private void update(String change, Subscription subscription, @Nullable Object... values) {
        var all = new @Nullable Object[values.length + 1];
        System.arraycopy(values, 0, all, 0, values.length);
        all[values.length] = subscription.id();
        if (jdbc.update(LIVE + change + IF_LIVE, all) != 1) {
            throw new IllegalStateException(subscription.id() + " is not as it was read");
        }
    }

    private static Subscription subscription(ResultSet row, int number) throws SQLException {
        long paidAhead = row.getLong("paid_ahead_micros");
        var paid = row.wasNull() ? null : new Credits(paidAhead);
        var ended = Plans.instant(row.getTimestamp("ended_at"));
        return new Subscription(
                row.getObject("subscription_id", UUID.class),
                row.getLong("seq"),
                row.getObject("tenant_id", UUID.class),
                row.getObject("version_id", UUID.class),
                State.valueOf(row.getString("state")),
                row.getBoolean("auto_renew"),
                row.getBoolean("cancelled"),
                new Span(
                        row.getInt("period_number"),
                        row.getTimestamp("period_starts_at").toInstant(),
                        row.getTimestamp("period_ends_at").toInstant()),
                new Anchor(row.getTimestamp("anchor_at").toInstant(), row.getInt("anchor_number")),
                paid,
                row.getObject("next_version_id", UUID.class),
                row.getInt("upgrades"),
                Plans.instant(row.getTimestamp("grace_ends_at")),
                row.getTimestamp("created_at").toInstant(),
                ended == null ? null : new Ending(ended, row.getString("end_reason")));
    }
}
