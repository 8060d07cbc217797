package io.apihub.billing.payment;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The queue of trade numbers that were told while the platform could not be asked. */
@Component
class Inquiries {

    private static final int MOST_OF_AN_ORDER = 20;

    private final JdbcTemplate jdbc;

    Inquiries(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    record Waiting(String provider, String tradeNo, UUID order) {}

    /**
     * Adds one, if not too many of the order wait: numbers that somebody made up and signed. The
     * order itself is asked about all the same, and the platform tells again what is not taken.
     */
    void add(PaymentOrder order, String tradeNo) {
        jdbc.update(
                "INSERT INTO billing.payment_inquiry (provider, trade_no, order_id)"
                        + " SELECT ?, ?, ? WHERE (SELECT count(*) FROM billing.payment_inquiry"
                        + " WHERE order_id = ?) < ? ON CONFLICT DO NOTHING",
                order.provider(),
                tradeNo,
                order.id(),
                order.id(),
                MOST_OF_AN_ORDER);
    }

    /** Takes some that are due; each is due again after a time that grows, unless it is done. */
    List<Waiting> claimDue(Lane lane, int most, Duration lease) {
        return jdbc.query(
                claim(lane, most),
                (row, number) ->
                        new Waiting(
                                row.getString(1), row.getString(2), row.getObject(3, UUID.class)),
                lease.toSeconds(),
                lane.names());
    }

    /** Of seconds and names; see {@link Orders#claim}. */
    static String claim(Lane lane, int most) {
        return "UPDATE billing.payment_inquiry SET tries = tries + 1, next_try_at = now()"
                + " + make_interval(secs => ? + least(600, power(2, least(tries, 10))))"
                + " WHERE (provider, trade_no, order_id) IN (SELECT provider, trade_no,"
                + " order_id FROM billing.payment_inquiry WHERE next_try_at <= now() AND "
                + lane.condition()
                + " ORDER BY next_try_at LIMIT "
                + most
                + " FOR UPDATE SKIP LOCKED)"
                + " RETURNING provider, trade_no, order_id";
    }

    void done(Waiting waiting) {
        jdbc.update(
                "DELETE FROM billing.payment_inquiry WHERE provider = ? AND trade_no = ?"
                        + " AND order_id = ?",
                waiting.provider(),
                waiting.tradeNo(),
                waiting.order());
    }
}
