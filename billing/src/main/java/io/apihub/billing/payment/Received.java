package io.apihub.billing.payment;

import io.apihub.billing.payment.Incoming.Trade;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
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

    /** Money that came, and when we heard of it. */
    record Payment(BigDecimal amount, Instant at) {}

    /** Those of a provider's numbers that came, by number. */
    Map<String, Payment> of(String provider, Collection<String> tradeNos) {
        var found = new HashMap<String, Payment>();
        jdbc.query(
                "SELECT trade_no, pay_amount, created_at FROM billing.payment"
                        + " WHERE provider = ? AND trade_no = ANY (?)",
                row -> {
                    found.put(
                            row.getString(1),
                            new Payment(
                                    row.getBigDecimal(2),
                                    row.getObject(3, OffsetDateTime.class).toInstant()));
                },
                provider,
                column(tradeNos, Function.identity()));
        return found;
    }

    /** What became of a number. */
    record Known(UUID order, Outcome outcome) {}

    /** Those of the numbers that came before. */
    Map<Trade, Known> find(Collection<Trade> trades) {
        var found = new HashMap<Trade, Known>();
        jdbc.query(
                "SELECT provider, trade_no, order_id, outcome FROM billing.payment"
                        + " JOIN unnest(?::text[], ?::text[]) AS t (provider, trade_no)"
                        + " USING (provider, trade_no)",
                row -> {
                    found.put(
                            new Trade(row.getString(1), row.getString(2)),
                            new Known(
                                    row.getObject(3, UUID.class),
                                    Outcome.valueOf(row.getString(4))));
                },
                column(trades, Trade::provider),
                column(trades, Trade::number));
        return found;
    }

    /** Money, and what becomes of it. */
    record Row(Incoming money, Outcome outcome) {}

    void add(Collection<Row> rows) {
        if (rows.isEmpty()) {
            return;
        }
        jdbc.update(
                "INSERT INTO billing.payment (provider, trade_no, order_id, pay_amount, outcome)"
                        + " SELECT provider, trade_no, order_id, pay_amount::numeric, outcome"
                        + " FROM unnest(?::text[], ?::text[], ?::uuid[], ?::text[], ?::text[])"
                        + " AS p (provider, trade_no, order_id, pay_amount, outcome)"
                        + " ORDER BY provider, trade_no",
                column(rows, row -> row.money().provider()),
                column(rows, row -> row.money().tradeNo()),
                rows.stream().map(row -> row.money().order()).toArray(UUID[]::new),
                column(rows, row -> row.money().paid().toPlainString()),
                column(rows, row -> row.outcome().name()));
    }

    private static <T> Object column(Collection<T> rows, Function<T, String> value) {
        return rows.stream().map(value).toArray(String[]::new);
    }
}
