package io.apihub.billing.payment;

import io.apihub.model.money.Credits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The table of what is in suspense, or was. What writes needs the order's lock. */
@Component
public class SuspenseTable {

    private static final String SELECT =
            "SELECT s.suspense_id, s.provider, s.trade_no, s.order_id, o.tenant_id AS ordered,"
                    + " p.pay_amount, o.pay_currency, s.value_micros, s.why, s.state, s.tenant_id,"
                    + " s.actor, s.reason, s.created_at, s.settled_at"
                    + " FROM billing.payment_suspense s"
                    + " JOIN billing.payment p USING (provider, trade_no)"
                    + " JOIN billing.payment_order o ON o.order_id = s.order_id WHERE ";

    private final JdbcTemplate jdbc;

    SuspenseTable(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    void add(PaymentOrder order, String tradeNo, Credits value, String why) {
        jdbc.update(
                "INSERT INTO billing.payment_suspense (provider, trade_no, order_id, value_micros,"
                        + " why) VALUES (?, ?, ?, ?, ?)",
                order.provider(),
                tradeNo,
                order.id(),
                value.micros(),
                why);
    }

    /** Finds one by its number. */
    public Optional<Suspense> find(long id) {
        return jdbc.query(SELECT + "s.suspense_id = ?", (row, number) -> suspense(row), id).stream()
                .findFirst();
    }

    /**
     * Newest first.
     *
     * @param open only what nobody has decided yet
     */
    public List<Suspense> before(long id, boolean open, int limit) {
        return jdbc.query(
                SELECT
                        + "s.suspense_id < ? AND (NOT ? OR s.state = 'OPEN')"
                        + " ORDER BY s.suspense_id DESC LIMIT ?",
                (row, number) -> suspense(row),
                id,
                open,
                limit);
    }

    /** Writes a decision down; false if there was one before. */
    boolean decide(
            long id, Suspense.State state, @Nullable UUID tenant, String actor, String reason) {
        return jdbc.update(
                        "UPDATE billing.payment_suspense SET state = ?, tenant_id = ?, actor = ?,"
                                + " reason = ?, settled_at = now()"
                                + " WHERE suspense_id = ? AND state = 'OPEN'",
                        state.name(),
                        tenant,
                        actor,
                        reason,
                        id)
                == 1;
    }

    /** How many an order has that nobody has decided yet. */
    long open(UUID order) {
        return count("state = 'OPEN' AND order_id = ?", order);
    }

    /** How many nobody has decided yet. */
    long open() {
        return count("state = 'OPEN'");
    }

    private long count(String condition, Object... values) {
        return Objects.requireNonNull(
                jdbc.queryForObject(
                        "SELECT count(*) FROM billing.payment_suspense WHERE " + condition,
                        Long.class,
                        values));
    }

    private static Suspense suspense(ResultSet row) throws SQLException {
        return new Suspense(
                row.getLong("suspense_id"),
                row.getString("provider"),
                row.getString("trade_no"),
                row.getObject("order_id", UUID.class),
                row.getObject("ordered", UUID.class),
                row.getBigDecimal("pay_amount"),
                row.getString("pay_currency"),
                new Credits(row.getLong("value_micros")),
                row.getString("why"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                decision(row));
    }

    private static Suspense.@Nullable Decision decision(ResultSet row) throws SQLException {
        var at = row.getObject("settled_at", OffsetDateTime.class);
        return at == null
                ? null
                : new Suspense.Decision(
                        Suspense.State.valueOf(row.getString("state")),
                        row.getObject("tenant_id", UUID.class),
                        row.getString("actor"),
                        row.getString("reason"),
                        at.toInstant());
    }
}
