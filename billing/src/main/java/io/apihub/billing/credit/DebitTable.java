package io.apihub.billing.credit;

import io.apihub.billing.database.Looks;
import io.apihub.model.money.Credits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The table of debits. What writes needs the account's lock. */
@Component
class DebitTable {

    private final JdbcTemplate jdbc;
    private final BooleanSupplier pending;

    DebitTable(JdbcTemplate jdbc, Looks looks) {
        this.jdbc = jdbc;
        this.pending = looks.at("SELECT FROM billing.debit WHERE state = 'PENDING'");
    }

    void insert(UUID id, long account, Credits amount, String actor, String reason) {
        jdbc.update(
                "INSERT INTO billing.debit (debit_id, account_id, kind, amount_micros, actor,"
                        + " reason) VALUES (?, ?, 'adjustment', ?, ?, ?)",
                id,
                account,
                amount.micros(),
                actor,
                reason);
    }

    Optional<Debit> find(UUID id) {
        return jdbc
                .query("SELECT * FROM billing.debit WHERE debit_id = ?", DebitTable::debit, id)
                .stream()
                .findFirst();
    }

    /** Newest first. */
    List<Debit> before(long account, @Nullable UUID debit, int limit) {
        return jdbc.query(
                "SELECT * FROM billing.debit WHERE account_id = ? AND (?::uuid IS NULL OR"
                        + " (created_at, debit_id) < (SELECT created_at, debit_id FROM billing.debit"
                        + " WHERE debit_id = ?)) ORDER BY created_at DESC, debit_id DESC LIMIT ?",
                DebitTable::debit,
                account,
                debit,
                debit,
                limit);
    }

    /** Whether some were pending half a second ago, or since. */
    boolean mayBePending() {
        return pending.getAsBoolean();
    }

    /** Those that wait, the oldest first. */
    List<Debit> pending(int most) {
        return jdbc.query(
                "SELECT * FROM billing.debit WHERE state = 'PENDING' ORDER BY created_at LIMIT ?",
                DebitTable::debit,
                most);
    }

    void noteTaken(Debit debit, Credits part) {
        jdbc.update(
                "UPDATE billing.debit SET taken_micros = taken_micros + ?, parts = parts + 1,"
                        + " state = CASE WHEN taken_micros + ? = amount_micros THEN 'DONE' ELSE state"
                        + " END, ended_at = CASE WHEN taken_micros + ? = amount_micros THEN now()"
                        + " END WHERE debit_id = ?",
                part.micros(),
                part.micros(),
                part.micros(),
                debit.id());
    }

    void cancel(UUID id) {
        jdbc.update(
                "UPDATE billing.debit SET state = 'CANCELLED', ended_at = now()"
                        + " WHERE debit_id = ? AND state = 'PENDING'",
                id);
    }

    private static Debit debit(ResultSet row, int number) throws SQLException {
        var ended = row.getTimestamp("ended_at");
        return new Debit(
                row.getObject("debit_id", UUID.class),
                row.getLong("account_id"),
                new Credits(row.getLong("amount_micros")),
                new Credits(row.getLong("taken_micros")),
                row.getInt("parts"),
                Debit.State.valueOf(row.getString("state")),
                row.getString("actor"),
                row.getString("reason"),
                row.getTimestamp("created_at").toInstant(),
                ended == null ? null : ended.toInstant());
    }
}
