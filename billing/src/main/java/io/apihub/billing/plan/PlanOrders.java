package io.apihub.billing.plan;

import io.apihub.billing.payment.OrdersCredited;
import io.apihub.billing.payment.SuspenseCredited;
import io.apihub.billing.plan.Deals.Wish;
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
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Orders that are paid for a plan. Such an order is one for credit, which is spent on the plan in
 * the transaction that posts it. If that can't be any more, the credit stays the tenant's.
 */
@Component
public class PlanOrders {

    private static final String SELECT = "SELECT * FROM billing.plan_order";
    private static final String PAID_IN_PART =
            "paid-in-part: Less was paid than it costs; that is in the balance.";

    private final JdbcTemplate jdbc;
    private final Deals deals;
    private final Subscriptions subscriptions;
    private final Plans plans;
    private final PlanTime time;
    private final FaultPoint fault;

    PlanOrders(
            JdbcTemplate jdbc,
            Deals deals,
            Subscriptions subscriptions,
            Plans plans,
            PlanTime time,
            FaultPoint fault) {
        this.jdbc = jdbc;
        this.deals = deals;
        this.subscriptions = subscriptions;
        this.plans = plans;
        this.time = time;
        this.fault = fault;
    }

    /** How far it is. */
    public enum State {
        /** Nobody paid yet. */
        WAITING,
        DONE,
        /** Paid, but it could not be bought any more; the credit is in the balance. */
        REFUSED
    }

    /**
     * An order for a plan.
     *
     * @param order id of the order
     * @param agreed what is bought, and nothing else
     * @param actor who ordered it
     * @param reason why it was refused; else empty
     */
    public record PlanOrder(
            UUID order,
            UUID tenant,
            Action action,
            Agreed agreed,
            boolean autoRenew,
            String actor,
            @Nullable UUID user,
            State state,
            String reason,
            Instant createdAt) {

        /** Of the plan; of a renewal, what was to be renewed then. */
        public UUID version() {
            return agreed.version();
        }
    }

    void add(UUID order, UUID tenant, Wish wish, Agreed agreed, Actor actor) {
        jdbc.update(
                "INSERT INTO billing.plan_order (order_id, tenant_id, action, version_id,"
                        + " auto_renew, actor, user_id, created_at, subscription_id, period,"
                        + " most_micros) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                order,
                tenant,
                wish.action().name(),
                agreed.version(),
                wish.autoRenew(),
                actor.name(),
                actor.user(),
                Timestamp.from(time.now()),
                agreed.subscription(),
                agreed.period(),
                agreed.most().micros());
    }

    public Optional<PlanOrder> find(UUID order) {
        return jdbc.query(SELECT + " WHERE order_id = ?", PlanOrders::order, order).stream()
                .findFirst();
    }

    /** A tenant's, newest first. */
    public List<PlanOrder> before(UUID tenant, @Nullable UUID order, int limit) {
        return jdbc.query(
                SELECT
                        + " WHERE tenant_id = ? AND (?::uuid IS NULL OR (created_at, order_id) <"
                        + " (SELECT created_at, order_id FROM billing.plan_order WHERE order_id ="
                        + " ?)) ORDER BY created_at DESC, order_id DESC LIMIT ?",
                PlanOrders::order,
                tenant,
                order,
                order,
                limit);
    }

    /** Spends what was paid for a plan on it; other credit may save one that is overdue. */
    @EventListener
    void credited(OrdersCredited event) {
        for (var order : waiting(event.orders().stream().map(OrdersCredited.Order::id).toList())) {
            fault.reached(FaultPoint.Step.CREDITED);
            settle(order);
        }
        subscriptions.lookSoon(
                event.orders().stream().map(OrdersCredited.Order::tenant).toList(), time.now());
    }

    /** Another amount was paid for a plan: it buys it if it is enough for that. */
    @EventListener
    void credited(SuspenseCredited event) {
        if (event.tenant().equals(event.ordered())) {
            for (var order : waiting(List.of(event.order()))) {
                if (event.credit().covers(order.agreed().most())) {
                    settle(order);
                } else {
                    end(order, State.REFUSED, PAID_IN_PART);
                }
            }
        }
        subscriptions.lookSoon(List.of(event.tenant()), time.now());
    }

    private List<PlanOrder> waiting(Collection<UUID> orders) {
        return jdbc.query(
                SELECT
                        + " WHERE order_id = ANY (?) AND state = 'WAITING' ORDER BY created_at, order_id",
                PlanOrders::order,
                (Object) orders.toArray(UUID[]::new));
    }

    private void settle(PlanOrder order) {
        var version = order.action() == Action.RENEW ? null : plans.version(order.version());
        var wish = new Wish(order.action(), version, order.autoRenew());
        var actor = new Actor(order.actor(), order.user());
        switch (deals.close(order.tenant(), wish, order.agreed(), actor)) {
            case Outcome.Done done -> end(order, State.DONE, "");
            case Outcome.No no -> end(order, State.REFUSED, no.slug() + ": " + no.detail());
        }
    }

    private void end(PlanOrder order, State state, String reason) {
        jdbc.update(
                "UPDATE billing.plan_order SET state = ?, reason = ?, ended_at = ?"
                        + " WHERE order_id = ? AND state = 'WAITING'",
                state.name(),
                reason,
                Timestamp.from(time.now()),
                order.order());
    }

    private static PlanOrder order(ResultSet row, int number) throws SQLException {
        return new PlanOrder(
                row.getObject("order_id", UUID.class),
                row.getObject("tenant_id", UUID.class),
                Action.valueOf(row.getString("action")),
                new Agreed(
                        row.getObject("subscription_id", UUID.class),
                        row.getInt("period"),
                        row.getObject("version_id", UUID.class),
                        new Credits(row.getLong("most_micros"))),
                row.getBoolean("auto_renew"),
                row.getString("actor"),
                row.getObject("user_id", UUID.class),
                State.valueOf(row.getString("state")),
                row.getString("reason"),
                row.getTimestamp("created_at").toInstant());
    }
}
