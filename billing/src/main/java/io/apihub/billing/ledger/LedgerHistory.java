package io.apihub.billing.ledger;

import io.apihub.model.money.Credits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Reads what was posted. */
@Component
public class LedgerHistory {

    private final JdbcTemplate jdbc;

    LedgerHistory(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** One entry of a tenant's account, with its transaction. */
    public record Movement(
            long transactionId,
            TransactionKind kind,
            String reference,
            Instant createdAt,
            Credits amount,
            String memo,
            String actor,
            String reason) {}

    /**
     * A tenant's entries, newest first.
     *
     * @param beforeTransaction only what is older than this transaction
     * @param limit at most so many
     */
    public List<Movement> before(UUID tenantId, long beforeTransaction, int limit) {
        return jdbc.query(
                "SELECT transaction_id, kind, reference, t.created_at, amount_micros, memo, actor,"
                        + " reason FROM billing.ledger_entry e"
                        + " JOIN billing.ledger_transaction t USING (transaction_id)"
                        + " WHERE e.account_id = (SELECT account_id FROM billing.account"
                        + " WHERE tenant_id = ?) AND e.transaction_id < ?"
                        + " ORDER BY e.transaction_id DESC LIMIT ?",
                LedgerHistory::movement,
                tenantId,
                beforeTransaction,
                limit);
    }

    static Movement movement(ResultSet row, int number) throws SQLException {
        return new Movement(
                row.getLong("transaction_id"),
                TransactionKind.of(row.getString("kind")),
                row.getString("reference"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                new Credits(row.getLong("amount_micros")),
                row.getString("memo"),
                row.getString("actor"),
                row.getString("reason"));
    }
}
