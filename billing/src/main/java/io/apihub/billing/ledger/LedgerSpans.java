package io.apihub.billing.ledger;

import io.apihub.billing.database.DatabaseGate;
import io.apihub.model.money.Credits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Reads spans of an account's ledger. A transaction belongs to the span that it began in, also if
 * it was committed after the span's end.
 */
@Component
public class LedgerSpans {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerSpans.class);
    private static final int MARKS_AT_ONCE = 1_000;

    private final JdbcTemplate jdbc;
    private final DatabaseGate gate;

    LedgerSpans(JdbcTemplate jdbc, DatabaseGate gate) {
        this.jdbc = jdbc;
        this.gate = gate;
    }

    /** When something was posted to an account first; empty if nothing was. */
    public Optional<Instant> beginning(long account) {
        return jdbc
                .query(
                        "SELECT least(a.created_at, t.created_at) FROM billing.account a,"
                                + " billing.ledger_entry e JOIN billing.ledger_transaction t"
                                + " USING (transaction_id) WHERE a.account_id = ?"
                                + " AND e.account_id = a.account_id"
                                + " ORDER BY e.transaction_id LIMIT 1",
                        (row, number) -> row.getObject(1, OffsetDateTime.class).toInstant(),
                        account)
                .stream()
                .findFirst();
    }

    /** The time by the clock that transactions are dated by. */
    public Instant now() {
        return Objects.requireNonNull(jdbc.queryForObject("SELECT now()", OffsetDateTime.class))
                .toInstant();
    }

    /**
     * Sums a span.
     *
     * @throws DataAccessException also if it does not add up: better no statement than a wrong one
     */
    public LedgerSpan between(long account, Instant from, Instant to) {
        var kinds = new ArrayList<LedgerSpan.Kind>();
        var balances = new HashMap<String, Credits>();
        jdbc.query(
                "SELECT * FROM billing.statement_sums(?, ?, ?)",
                row -> {
                    var kind = row.getString("kind");
                    if (kind.equals("opening") || kind.equals("closing")) {
                        balances.put(kind, new Credits(row.getLong("credited_micros")));
                    } else {
                        kinds.add(kind(kind, row));
                    }
                },
                account,
                from.atOffset(ZoneOffset.UTC),
                to.atOffset(ZoneOffset.UTC));
        return new LedgerSpan(
                from,
                to,
                Objects.requireNonNull(balances.get("opening")),
                Objects.requireNonNull(balances.get("closing")),
                kinds,
                now());
    }

    private static LedgerSpan.Kind kind(String name, ResultSet row) throws SQLException {
        return new LedgerSpan.Kind(
                TransactionKind.of(name),
                row.getLong("transactions"),
                new Credits(row.getLong("credited_micros")),
                new Credits(row.getLong("debited_micros")),
                row.getLong("first_transaction"),
                row.getLong("last_transaction"));
    }

    /**
     * Entries of a span, oldest first. What was added to the span since it was summed is left out.
     *
     * @param after only what is newer than this transaction; 0: from the first one
     * @param withUsage false: without what follows from requests
     * @param limit at most so many
     */
    public List<LedgerHistory.Movement> movements(
            long account, LedgerSpan span, long after, boolean withUsage, int limit) {
        return jdbc.query(
                "SELECT transaction_id, kind, reference, t.created_at, amount_micros, memo, actor,"
                        + " reason FROM billing.ledger_entry e"
                        + " JOIN billing.ledger_transaction t USING (transaction_id)"
                        + " WHERE e.account_id = ? AND e.transaction_id BETWEEN ? AND ?"
                        + " AND t.created_at >= ? AND t.created_at < ?"
                        + " AND (? OR t.kind NOT IN ('usage', 'overage', 'correction'))"
                        + " ORDER BY e.transaction_id LIMIT ?",
                LedgerHistory::movement,
                account,
                Math.max(after + 1, span.firstTransaction()),
                span.lastTransaction(),
                span.from().atOffset(ZoneOffset.UTC),
                span.to().atOffset(ZoneOffset.UTC),
                withUsage,
                limit);
    }

    /** Marks the balances at the last border between months (of UTC) that is settled. */
    @Scheduled(fixedDelay = 3_600_000, initialDelay = 300_000)
    void mark() {
        if (!gate.isOpen()) {
            return;
        }
        try {
            markAt(lastBorder());
        } catch (DataAccessException e) {
            LOG.warn("balances are not marked: {}", e.toString());
        }
    }

    private Instant lastBorder() {
        return Objects.requireNonNull(
                        jdbc.queryForObject(
                                "SELECT date_trunc('month', now() - interval '1 hour', 'UTC')",
                                OffsetDateTime.class))
                .toInstant();
    }

    /** The same for any border. Safe to repeat, by several billings at once. */
    void markAt(Instant border) {
        var at = border.atOffset(ZoneOffset.UTC);
        var accounts = unmarked(at, 0);
        while (!accounts.isEmpty()) {
            for (long account : accounts) {
                jdbc.query("SELECT billing.mark_balance(?, ?)", row -> {}, account, at);
            }
            accounts = unmarked(at, accounts.getLast());
        }
    }

    private List<Long> unmarked(OffsetDateTime at, long after) {
        return jdbc.query(
                "SELECT account_id FROM billing.account a WHERE tenant_id IS NOT NULL"
                        + " AND account_id > ? AND NOT EXISTS (SELECT FROM billing.balance_mark m"
                        + " WHERE m.account_id = a.account_id AND m.at >= ?)"
                        + " ORDER BY account_id LIMIT ?",
                (row, number) -> row.getLong(1),
                after,
                at,
                MARKS_AT_ONCE);
    }
}
