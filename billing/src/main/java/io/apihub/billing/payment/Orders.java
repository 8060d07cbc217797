package io.apihub.billing.payment;

import io.apihub.billing.payment.PaymentOrder.Payment;
import io.apihub.billing.payment.PaymentOrder.Polling;
import io.apihub.model.money.Credits;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The table of orders. Every change is conditional on the state that it changes. */
@Component
public class Orders {

    private static final String COLUMNS =
            "order_id, seq, tenant_id, user_id, actor, provider, type, credit_micros, bonus_micros,"
                    + " pay_amount, pay_currency, rate, fee_percent, state, late, trade_no, problem,"
                    + " created_at, expires_at, paid_at, credited_at, polls, misses, refunded_amount";

    private final JdbcTemplate jdbc;

    Orders(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** An order that is made now. */
    record Draft(
            UUID id,
            UUID tenant,
            @Nullable UUID user,
            String actor,
            String provider,
            String type,
            Credits credit,
            Credits bonus,
            Price price) {}

    PaymentOrder add(Draft draft, Duration lifetime, Duration firstPoll) {
        var price = draft.price();
        return jdbc.query(
                        "INSERT INTO billing.payment_order (order_id, tenant_id, user_id, actor,"
                                + " provider, type, credit_micros, bonus_micros, pay_amount,"
                                + " pay_currency, rate, fee_percent, expires_at, next_poll_at)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                                + " now() + make_interval(secs => ?),"
                                + " now() + make_interval(secs => ?)) RETURNING "
                                + COLUMNS,
                        (row, number) -> order(row),
                        draft.id(),
                        draft.tenant(),
                        draft.user(),
                        draft.actor(),
                        draft.provider(),
                        draft.type(),
                        draft.credit().micros(),
                        draft.bonus().micros(),
                        price.amount(),
                        price.currency(),
                        price.rate(),
                        price.feePercent(),
                        lifetime.toSeconds(),
                        firstPoll.toSeconds())
                .getFirst();
    }

    public Optional<PaymentOrder> find(UUID id) {
        return jdbc
                .query(
                        "SELECT " + COLUMNS + " FROM billing.payment_order WHERE order_id = ?",
                        (row, number) -> order(row),
                        id)
                .stream()
                .findFirst();
    }

    /** Those that are there, by id. */
    public Map<UUID, PaymentOrder> find(Collection<UUID> ids) {
        return byId("", ids);
    }

    /** Locks an order until the transaction ends. Orders are locked before accounts. */
    PaymentOrder lock(UUID id) {
        return Objects.requireNonNull(lock(List.of(id)).get(id));
    }

    /** The same for several, in the order of their ids. */
    Map<UUID, PaymentOrder> lock(Collection<UUID> ids) {
        return byId(" ORDER BY order_id FOR NO KEY UPDATE", ids);
    }

    private Map<UUID, PaymentOrder> byId(String how, Collection<UUID> ids) {
        return jdbc
                .query(
                        "SELECT "
                                + COLUMNS
                                + " FROM billing.payment_order WHERE order_id = ANY (?)"
                                + how,
                        (row, number) -> order(row),
                        (Object) ids.toArray(UUID[]::new))
                .stream()
                .collect(Collectors.toMap(PaymentOrder::id, Function.identity()));
    }

    /**
     * What is listed; what is null does not narrow it.
     *
     * @param before only orders older than this sequence number
     */
    public record Filter(
            @Nullable UUID tenant,
            @Nullable String provider,
            @Nullable OrderState state,
            boolean problems,
            long before,
            int limit) {}

    /** Orders, newest first. */
    public List<PaymentOrder> list(Filter filter) {
        var state = filter.state() == null ? null : filter.state().name();
        return jdbc.query(
                "SELECT "
                        + COLUMNS
                        + " FROM billing.payment_order WHERE seq < ?"
                        + " AND (?::uuid IS NULL OR tenant_id = ?)"
                        + " AND (?::text IS NULL OR provider = ?)"
                        + " AND (?::text IS NULL OR state = ?) AND (NOT ? OR problem <> '')"
                        + " ORDER BY seq DESC LIMIT ?",
                (row, number) -> order(row),
                filter.before(),
                filter.tenant(),
                filter.tenant(),
                filter.provider(),
                filter.provider(),
                state,
                state,
                filter.problems(),
                filter.limit());
    }

    /** The states of orders, for those who watch them. */
    public Map<UUID, OrderState> states(Collection<UUID> ids) {
        var states = new HashMap<UUID, OrderState>();
        jdbc.query(
                "SELECT order_id, state FROM billing.payment_order WHERE order_id = ANY (?)",
                row -> {
                    states.put(row.getObject(1, UUID.class), OrderState.valueOf(row.getString(2)));
                },
                (Object) ids.toArray(UUID[]::new));
        return states;
    }

    /**
     * What a payment makes of a locked order.
     *
     * @param tradeNo the platform's number; null if a person decided without it
     * @param credited false: it is paid, and waits for its credit
     */
    record Step(PaymentOrder order, @Nullable String tradeNo, boolean credited) {

        boolean changes() {
            return credited || order.state().awaitsPayment();
        }
    }

    /** First payments of orders, and credit for those that were paid; each order once. */
    void paid(Collection<Step> all) {
        var steps = all.stream().filter(Step::changes).toList();
        if (steps.isEmpty()) {
            return;
        }
        int rows =
                jdbc.update(
                        "UPDATE billing.payment_order o SET"
                                + " state = CASE WHEN s.credited THEN 'CREDITED' ELSE 'PAID' END,"
                                + " trade_no = coalesce(o.trade_no, s.trade_no),"
                                + " late = o.late OR o.state = 'EXPIRED',"
                                + " paid_at = coalesce(o.paid_at, now()),"
                                + " problem = CASE WHEN o.paid_at IS NULL AND NOT EXISTS (SELECT FROM"
                                + " billing.payment_suspense p WHERE p.order_id = o.order_id"
                                + " AND p.state = 'OPEN') THEN '' ELSE o.problem END,"
                                + " credited_at = CASE WHEN s.credited THEN now() END,"
                                + " next_poll_at = CASE WHEN NOT s.credited"
                                + " THEN now() + interval '30 s' END"
                                + " FROM unnest(?::uuid[], ?::text[], ?::boolean[])"
                                + " AS s (order_id, trade_no, credited)"
                                + " WHERE o.order_id = s.order_id"
                                + " AND o.state IN ('PENDING', 'EXPIRED', 'PAID')",
                        steps.stream().map(step -> step.order().id()).toArray(UUID[]::new),
                        steps.stream().map(Step::tradeNo).toArray(String[]::new),
                        steps.stream().map(Step::credited).toArray(Boolean[]::new));
        if (rows != steps.size()) {
            throw new IllegalStateException("orders are not as they were read");
        }
    }

    /** The platform's number of what a person decided without it. */
    void confirmed(PaymentOrder order, String tradeNo) {
        jdbc.update(
                "UPDATE billing.payment_order SET trade_no = ? WHERE order_id = ?"
                        + " AND trade_no IS NULL",
                tradeNo,
                order.id());
    }

    void move(PaymentOrder order, OrderState from, OrderState to) {
        changed(
                jdbc.update(
                        "UPDATE billing.payment_order SET state = ? WHERE order_id = ?"
                                + " AND state = ?",
                        to.name(),
                        order.id(),
                        from.name()),
                order);
    }

    /** The payer has a part again, or the last one. */
    void refunded(PaymentOrder order, BigDecimal part) {
        changed(
                jdbc.update(
                        "UPDATE billing.payment_order SET refunded_amount = refunded_amount + ?,"
                                + " state = CASE WHEN refunded_amount + ? = pay_amount"
                                + " THEN 'REFUNDED' ELSE 'CREDITED' END"
                                + " WHERE order_id = ? AND state = 'REFUNDING'",
                        part,
                        part,
                        order.id()),
                order);
    }

    private static void changed(int rows, PaymentOrder order) {
        if (rows != 1) {
            throw new IllegalStateException("order " + order.id() + " is not as it was read");
        }
    }

    void problem(UUID order, String problem) {
        jdbc.update(
                "UPDATE billing.payment_order SET problem = ? WHERE order_id = ?", problem, order);
    }

    /** A problem of an order that has none yet. */
    void newProblem(UUID order, String problem) {
        jdbc.update(
                "UPDATE billing.payment_order SET problem = ? WHERE order_id = ? AND problem = ''",
                problem,
                order);
    }

    /** A problem that begins so is none any more. */
    void noProblem(UUID order, String beginning) {
        jdbc.update(
                "UPDATE billing.payment_order SET problem = ''"
                        + " WHERE order_id = ? AND starts_with(problem, ?)",
                order,
                beginning);
    }

    int expire() {
        return jdbc.update(
                "UPDATE billing.payment_order SET state = 'EXPIRED' WHERE order_id IN ("
                        + "SELECT order_id FROM billing.payment_order WHERE state = 'PENDING'"
                        + " AND expires_at <= now() LIMIT 500 FOR NO KEY UPDATE SKIP LOCKED)");
    }

    /** Takes some that are due, for a time, so that no other process asks about them too. */
    List<PaymentOrder> claimDue(Lane lane, int most, Duration lease) {
        return jdbc.query(
                claim(lane, most), (row, number) -> order(row), lease.toSeconds(), lane.names());
    }

    /**
     * Of seconds and names. How many is no parameter: a plan for any number would be one for many,
     * and read the whole table.
     */
    static String claim(Lane lane, int most) {
        return "UPDATE billing.payment_order SET next_poll_at = now() + make_interval(secs => ?)"
                + " WHERE order_id IN (SELECT order_id FROM billing.payment_order"
                + " WHERE next_poll_at <= now() AND "
                + lane.condition()
                + " ORDER BY next_poll_at LIMIT "
                + most
                + " FOR NO KEY UPDATE SKIP LOCKED) RETURNING "
                + COLUMNS;
    }

    /** The platform said "not paid"; null: it need not be asked again. */
    void pollAgain(PaymentOrder order, @Nullable Instant next) {
        jdbc.update(
                "UPDATE billing.payment_order SET polls = polls + 1, misses = 0, next_poll_at = ?"
                        + " WHERE order_id = ? AND state IN ('PENDING', 'EXPIRED')",
                next == null ? null : next.atOffset(ZoneOffset.UTC),
                order.id());
    }

    /** The platform is asked as soon as may be, whatever the order's age. */
    void pollNow(PaymentOrder order) {
        jdbc.update(
                "UPDATE billing.payment_order SET next_poll_at = now() WHERE order_id = ?"
                        + " AND state IN ('PENDING', 'EXPIRED')"
                        + " AND coalesce(next_poll_at > now(), true)",
                order.id());
    }

    /** Nobody could tell. */
    void pollMissed(PaymentOrder order, Duration pause) {
        jdbc.update(
                "UPDATE billing.payment_order SET misses = misses + 1,"
                        + " next_poll_at = now() + make_interval(secs => ?)"
                        + " WHERE order_id = ? AND state IN ('PENDING', 'EXPIRED', 'PAID')",
                pause.toSeconds(),
                order.id());
    }

    /** How many of a tenant's nobody paid, and are not expired. */
    int pending(UUID tenant) {
        return Objects.requireNonNull(
                jdbc.queryForObject(
                        "SELECT count(*) FROM billing.payment_order"
                                + " WHERE tenant_id = ? AND state = 'PENDING'",
                        Integer.class,
                        tenant));
    }

    /** How many have a problem. */
    long problems() {
        return Objects.requireNonNull(
                jdbc.queryForObject(
                        "SELECT count(*) FROM billing.payment_order WHERE problem <> ''",
                        Long.class));
    }

    private static PaymentOrder order(ResultSet row) throws SQLException {
        return new PaymentOrder(
                row.getObject("order_id", UUID.class),
                row.getLong("seq"),
                row.getObject("tenant_id", UUID.class),
                row.getObject("user_id", UUID.class),
                row.getString("actor"),
                row.getString("provider"),
                row.getString("type"),
                new Credits(row.getLong("credit_micros")),
                new Credits(row.getLong("bonus_micros")),
                new Price(
                        row.getBigDecimal("pay_amount"),
                        row.getString("pay_currency"),
                        row.getBigDecimal("rate"),
                        row.getBigDecimal("fee_percent")),
                OrderState.valueOf(row.getString("state")),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("expires_at", OffsetDateTime.class).toInstant(),
                payment(row),
                new Polling(row.getInt("polls"), row.getInt("misses")),
                row.getString("problem"),
                row.getBigDecimal("refunded_amount"));
    }

    private static @Nullable Payment payment(ResultSet row) throws SQLException {
        var paidAt = row.getObject("paid_at", OffsetDateTime.class);
        var creditedAt = row.getObject("credited_at", OffsetDateTime.class);
        return paidAt == null
                ? null
                : new Payment(
                        row.getString("trade_no"),
                        row.getBoolean("late"),
                        paidAt.toInstant(),
                        creditedAt == null ? null : creditedAt.toInstant());
    }
}
