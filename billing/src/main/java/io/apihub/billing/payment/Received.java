package io.apihub.billing.payment;

import java.math.BigDecimal;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The table of money that came: by provider and the platform's number, each once for ever. */
@Component
class Received {

    private final JdbcTemplate jdbc;

    Received(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** What became of money that came. */
    enum Outcome {
        CREDITED,
        /** The order had been paid already, or is not paid by this amount. */
        SUSPENSE,
        /** A person had credited the order before the platform told. */
        CONFIRMED
    }

    Optional<UUID> orderOf(String provider, String tradeNo) {
        return jdbc
                .query(
                        "SELECT order_id FROM billing.payment WHERE provider = ? AND trade_no = ?",
                        (row, number) -> Objects.requireNonNull(row.getObject(1, UUID.class)),
                        provider,
                        tradeNo)
                .stream()
                .findFirst();
    }

    /** What came under a number. */
    Optional<BigDecimal> amountOf(String provider, String tradeNo) {
        return jdbc
                .query(
                        "SELECT pay_amount FROM billing.payment WHERE provider = ? AND trade_no = ?",
                        (row, number) -> Objects.requireNonNull(row.getBigDecimal(1)),
                        provider,
                        tradeNo)
                .stream()
                .findFirst();
    }

    void add(PaymentOrder order, String tradeNo, BigDecimal paid, Outcome outcome) {
        jdbc.update(
                "INSERT INTO billing.payment (provider, trade_no, order_id, pay_amount, outcome)"
                        + " VALUES (?, ?, ?, ?, ?)",
                order.provider(),
                tradeNo,
                order.id(),
                paid,
                outcome.name());
    }
}
