package io.apihub.billing.payment;

import io.apihub.model.money.Credits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The table of refunds. */
@Component
public class RefundTable {

    private static final String COLUMNS =
            "refund_id, order_id, pay_amount, credit_micros, bonus_micros, state, actor, reason,"
                    + " tries, last_answer";

    private final JdbcTemplate jdbc;

    RefundTable(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    void add(UUID id, UUID order, Part part, String actor, String reason) {
        jdbc.update(
                "INSERT INTO billing.payment_refund (refund_id, order_id, pay_amount,"
                        + " credit_micros, bonus_micros, actor, reason)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                id,
                order,
                part.amount(),
                part.credit().micros(),
                part.bonus().micros(),
                actor,
                reason);
    }

    /** An order's, oldest first; at most one of them is under way. */
    public List<Refund> of(UUID order) {
        return jdbc.query(
                "SELECT "
                        + COLUMNS
                        + " FROM billing.payment_refund WHERE order_id = ? ORDER BY created_at",
                (row, number) -> refund(row),
                order);
    }

    List<Refund> claimDue(Lane lane, int most, Duration lease) {
        return jdbc.query(
                "UPDATE billing.payment_refund SET tries = tries + 1,"
                        + " next_try_at = now() + make_interval(secs => ?)"
                        + " WHERE refund_id IN (SELECT refund_id FROM billing.payment_refund r"
                        + " JOIN billing.payment_order o USING (order_id)"
                        + " WHERE (r.state IN ('RESERVED', 'SENT') OR watched_until IS NOT NULL)"
                        + " AND next_try_at <= now() AND "
                        + lane.condition()
                        + " ORDER BY next_try_at LIMIT "
                        + most
                        + " FOR NO KEY UPDATE OF r SKIP LOCKED)"
                        + " RETURNING "
                        + COLUMNS,
                (row, number) -> refund(row),
                lease.toSeconds(),
                lane.names());
    }

    /**
     * Moves it on; false if somebody else did. Tries are counted from the moment on when the
     * platform is told.
     */
    boolean move(Refund refund, Refund.State from, Refund.State to) {
        return jdbc.update(
                        "UPDATE billing.payment_refund SET state = ?, ended_at = CASE WHEN ? IN"
                                + " ('DONE', 'RETURNED') THEN now() END,"
                                + " tries = CASE ? WHEN 'SENT' THEN 0 ELSE tries END"
                                + " WHERE refund_id = ? AND state = ?",
                        to.name(),
                        to.name(),
                        to.name(),
                        refund.id(),
                        from.name())
                == 1;
    }

    /** The platform refused it once more; how often in all. */
    int refused(Refund refund) {
        return Objects.requireNonNull(
                jdbc.queryForObject(
                        "UPDATE billing.payment_refund SET refusals = refusals + 1"
                                + " WHERE refund_id = ? RETURNING refusals",
                        Integer.class,
                        refund.id()));
    }

    /** It may have been done after all: the platform is asked again for some days. */
    void watch(Refund refund) {
        jdbc.update(
                "UPDATE billing.payment_refund SET watched_until = now() + interval '3 days',"
                        + " next_try_at = now() + interval '10 minutes' WHERE refund_id = ?",
                refund.id());
    }

    /** Asked again in some hours, until its time is up. */
    void watchOn(Refund refund) {
        jdbc.update(
                "UPDATE billing.payment_refund SET next_try_at = now() + interval '6 hours',"
                        + " watched_until = CASE WHEN watched_until > now() THEN watched_until END"
                        + " WHERE refund_id = ?",
                refund.id());
    }

    void watchNoMore(Refund refund) {
        jdbc.update(
                "UPDATE billing.payment_refund SET watched_until = NULL WHERE refund_id = ?",
                refund.id());
    }

    void putOff(Refund refund, String answer) {
        jdbc.update(
                "UPDATE billing.payment_refund SET last_answer = left(?, 500), next_try_at = now()"
                        + " + make_interval(secs => least(600, power(2, least(tries, 10))))"
                        + " WHERE refund_id = ? AND state IN ('RESERVED', 'SENT')",
                answer,
                refund.id());
    }

    private static Refund refund(ResultSet row) throws SQLException {
        return new Refund(
                row.getObject("refund_id", UUID.class),
                row.getObject("order_id", UUID.class),
                new Part(
                        row.getBigDecimal("pay_amount"),
                        new Credits(row.getLong("credit_micros")),
                        new Credits(row.getLong("bonus_micros"))),
                Refund.State.valueOf(row.getString("state")),
                row.getString("actor"),
                row.getString("reason"),
                row.getInt("tries"),
                row.getString("last_answer"));
    }
}
