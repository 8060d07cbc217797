package io.apihub.billing.testing;

import io.apihub.billing.ledger.TransactionKind;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/** Puts postings of the past into the ledger, which only the owner of the schema can. */
public final class PastPostings {

    private final JdbcTemplate owner;

    public PastPostings(JdbcTemplate owner) {
        this.owner = owner;
    }

    /** Opens an account that may owe as much as it likes. */
    public long account(UUID tenant) {
        owner.update(
                "INSERT INTO billing.account (tenant_id, credit_limit_micros)"
                        + " VALUES (?, 1000000000000) ON CONFLICT (tenant_id) DO UPDATE"
                        + " SET credit_limit_micros = excluded.credit_limit_micros",
                tenant);
        var id =
                owner.queryForObject(
                        "SELECT account_id FROM billing.account WHERE tenant_id = ?",
                        Long.class,
                        tenant);
        if (id == null) {
            throw new IllegalStateException("no account");
        }
        return id;
    }

    public void post(long account, TransactionKind kind, Instant at, long micros, String reason) {
        owner.update(
                "WITH t AS (INSERT INTO billing.ledger_transaction (kind, reference, created_at,"
                        + " actor, reason) VALUES (?, ?, ?, 'tester', ?) RETURNING transaction_id)"
                        + " INSERT INTO billing.ledger_entry SELECT transaction_id, account_id,"
                        + " amount FROM t, (VALUES (?::bigint, ?::bigint), ((SELECT account_id"
                        + " FROM billing.account WHERE platform_name = 'grants'), -?::bigint))"
                        + " AS e (account_id, amount)",
                kind.wireName(),
                "past/" + UUID.randomUUID(),
                at.atOffset(ZoneOffset.UTC),
                reason,
                account,
                micros,
                micros);
    }
}
