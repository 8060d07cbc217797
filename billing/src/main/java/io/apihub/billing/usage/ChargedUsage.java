package io.apihub.billing.usage;

import io.apihub.model.money.Credits;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * What the ledger took for requests, by model. A request counts when it was booked, not when it was
 * made: so the sums are those of the ledger's transactions in the same span.
 */
@Component
public class ChargedUsage {

    /**
     * Rows are recorded in the transaction that charges them. Of one that was corrected later, what
     * was charged first is its cost without the correction, which is a transaction of its own; so
     * is what went beyond the hold. What came too late for its lease, nobody was charged, and
     * neither for what a correction changed of it.
     */
    private static final String BY_MODEL =
            """
            WITH span AS (
              SELECT ?::uuid AS tenant, ?::bigint AS account, ?::timestamptz AS begins,
                     ?::timestamptz AS ends, ?::bigint AS first, ?::bigint AS last,
                     (SELECT a.account_id FROM billing.account a
                       WHERE a.platform_name = 'late_usage') AS losses
            ), named AS (
              SELECT t.reference, -e.amount_micros AS micros
                FROM span, billing.ledger_entry e JOIN billing.ledger_transaction t
                     USING (transaction_id)
               WHERE e.account_id = account AND e.transaction_id BETWEEN first AND last
                 AND t.created_at >= begins AND t.created_at < ends
                 AND t.kind IN ('overage', 'correction')
              UNION ALL
              SELECT t.reference, e.amount_micros
                FROM span, billing.ledger_entry e JOIN billing.ledger_transaction t
                     USING (transaction_id)
               WHERE e.account_id = losses
                 AND t.created_at >= begins AND t.created_at < ends AND t.kind = 'late-usage'
            ), held AS (
              SELECT micros, CASE WHEN reference ~ '^[a-z]+/[0-9a-f-]{36}$'
                             THEN split_part(reference, '/', 2)::uuid END AS hold FROM named
            ), parts AS (
              SELECT u.model, count(*) AS requests, sum(u.cost_micros - u.overage_micros) AS micros
                FROM span JOIN billing.usage u ON u.tenant_id = tenant
                     AND u.recorded_at >= begins AND u.recorded_at < ends
               WHERE u.posting IS NOT NULL AND u.corrected_at IS NULL GROUP BY 1
              UNION ALL
              SELECT u.model, count(*), sum(u.cost_micros + coalesce((
                       SELECT sum(e.amount_micros) FROM billing.ledger_transaction t
                         JOIN billing.ledger_entry e USING (transaction_id)
                        WHERE t.reference IN ('correction/' || u.hold_id, 'overage/' || u.hold_id,
                                              'late-correction/' || u.hold_id)
                          AND e.account_id IN (account, losses)), 0))
                FROM span JOIN billing.usage u ON u.tenant_id = tenant
                     AND u.recorded_at >= begins AND u.recorded_at < ends
               WHERE u.posting IS NOT NULL AND u.corrected_at IS NOT NULL GROUP BY 1
              UNION ALL
              SELECT u.model, 0, h.micros
                FROM span, held h JOIN billing.usage u ON u.hold_id = h.hold AND u.day =
                     DATE '1970-01-01' + (billing.uuid7_millis(h.hold) / 86400000)::int
               WHERE u.tenant_id = tenant
            )
            SELECT model, sum(requests)::bigint AS requests, sum(micros)::bigint AS micros
              FROM parts GROUP BY 1 ORDER BY 3 DESC, 1
            """;

    private final JdbcTemplate jdbc;

    ChargedUsage(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Whose, and of which transactions. */
    public record Span(
            UUID tenant,
            long account,
            Instant from,
            Instant to,
            long firstTransaction,
            long lastTransaction) {}

    /**
     * The requests of a model.
     *
     * @param requests that were booked
     * @param charged corrections of earlier requests included
     */
    public record OfModel(String model, long requests, Credits charged) {}

    /** The most expensive model first. Reads each request of the span: for one tenant at a time. */
    public List<OfModel> byModel(Span span) {
        return jdbc.query(
                BY_MODEL,
                (row, number) ->
                        new OfModel(
                                row.getString("model"),
                                row.getLong("requests"),
                                new Credits(row.getLong("micros"))),
                span.tenant(),
                span.account(),
                span.from().atOffset(ZoneOffset.UTC),
                span.to().atOffset(ZoneOffset.UTC),
                span.firstTransaction(),
                span.lastTransaction());
    }
}
