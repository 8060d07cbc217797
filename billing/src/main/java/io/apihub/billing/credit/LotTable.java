package io.apihub.billing.credit;

import io.apihub.billing.database.Looks;
import io.apihub.model.money.Credits;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The tables of expiring credit. What writes needs the account's lock. */
@Component
class LotTable {

    private static final String DUE =
            " FROM billing.credit_lot WHERE remaining_micros > 0 AND expires_at <= now()";

    private final JdbcTemplate jdbc;
    private final BooleanSupplier due;

    LotTable(JdbcTemplate jdbc, Looks looks) {
        this.jdbc = jdbc;
        this.due = looks.at("SELECT" + DUE);
    }

    /** The lots of an account of which something is left, as of its position. */
    Lots left(long account) {
        return new Lots(
                jdbc.query(
                        "SELECT lot_id, expires_at, remaining_micros FROM billing.credit_lot"
                                + " WHERE account_id = ? AND remaining_micros > 0",
                        (row, number) ->
                                new Lots.Lot(
                                        row.getLong("lot_id"),
                                        row.getTimestamp("expires_at").toInstant(),
                                        row.getLong("remaining_micros")),
                        account));
    }

    /**
     * What used credit since the position. Paying money back, and taking back what expired, uses
     * none.
     */
    long usedSincePosition(long account) {
        return Objects.requireNonNull(
                jdbc.queryForObject(
                        "SELECT coalesce(-sum(amount_micros), 0)::bigint FROM billing.ledger_entry"
                                + " JOIN billing.ledger_transaction USING (transaction_id)"
                                + " WHERE account_id = ? AND amount_micros < 0"
                                + " AND kind NOT IN ('refund', 'expiry', 'plan') AND transaction_id >"
                                + " coalesce((SELECT p.transaction_id FROM billing.lot_position p"
                                + " WHERE p.account_id = ?), 0)",
                        Long.class,
                        account,
                        account));
    }

    /** Moves the position to the account's newest entry. */
    void moveToEnd(long account) {
        jdbc.update(
                "INSERT INTO billing.lot_position (account_id, transaction_id)"
                        + " SELECT ?, max(transaction_id) FROM billing.ledger_entry"
                        + " WHERE account_id = ? HAVING count(*) > 0 ON CONFLICT (account_id)"
                        + " DO UPDATE SET transaction_id = excluded.transaction_id",
                account,
                account);
    }

    void save(Lots lots) {
        for (var lot : lots.inOrder()) {
            jdbc.update(
                    "UPDATE billing.credit_lot SET remaining_micros = ?"
                            + " WHERE lot_id = ? AND remaining_micros <> ?",
                    lot.remaining(),
                    lot.id(),
                    lot.remaining());
        }
    }

    void insert(long account, long transaction, Credits amount, long remaining, Instant expiry) {
        jdbc.update(
                "INSERT INTO billing.credit_lot (account_id, transaction_id, amount_micros,"
                        + " remaining_micros, expires_at) VALUES (?, ?, ?, ?, ?)",
                account,
                transaction,
                amount.micros(),
                remaining,
                Timestamp.from(expiry));
    }

    /**
     * Notes that something of a lot was taken back.
     *
     * @return which part it is, from 1
     */
    int noteTaken(long lot, long micros) {
        return Objects.requireNonNull(
                jdbc.queryForObject(
                        "UPDATE billing.credit_lot SET remaining_micros = remaining_micros - ?,"
                                + " expired_micros = expired_micros + ?, parts = parts + 1"
                                + " WHERE lot_id = ? RETURNING parts",
                        Integer.class,
                        micros,
                        micros,
                        lot));
    }

    /** Whether some were due half a second ago, or since. */
    boolean mayBeDue() {
        return due.getAsBoolean();
    }

    /** The numbers of accounts with lots that are due, those that wait longest first. */
    List<Long> accountsDue(int most) {
        return jdbc.query(
                "SELECT account_id" + DUE + " GROUP BY account_id ORDER BY min(expires_at) LIMIT ?",
                (row, number) -> row.getLong(1),
                most);
    }

    /** Which of the lots are due, by the database's clock. */
    List<Lots.Lot> due(Lots lots) {
        var now =
                Objects.requireNonNull(jdbc.queryForObject("SELECT now()", Timestamp.class))
                        .toInstant();
        return lots.inOrder().stream()
                .filter(lot -> lot.remaining() > 0 && !lot.expiresAt().isAfter(now))
                .toList();
    }

    /** A lot with what it began with. */
    record Row(
            long id,
            long transactionId,
            Credits amount,
            Credits remaining,
            Credits expired,
            Instant expiresAt) {}

    /** An account's lots as of its position, newest first. */
    List<Row> rows(long account, long beforeLot, int limit) {
        return jdbc.query(
                "SELECT * FROM billing.credit_lot WHERE account_id = ? AND lot_id < ?"
                        + " ORDER BY lot_id DESC LIMIT ?",
                (row, number) ->
                        new Row(
                                row.getLong("lot_id"),
                                row.getLong("transaction_id"),
                                new Credits(row.getLong("amount_micros")),
                                new Credits(row.getLong("remaining_micros")),
                                new Credits(row.getLong("expired_micros")),
                                row.getTimestamp("expires_at").toInstant()),
                account,
                beforeLot,
                limit);
    }
}
