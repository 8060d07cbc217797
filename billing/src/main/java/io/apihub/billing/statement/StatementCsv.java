package io.apihub.billing.statement;

import io.apihub.billing.ledger.LedgerHistory.Movement;
import io.apihub.billing.ledger.LedgerSpans;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.Csv;
import io.apihub.billing.settings.Settings;
import io.apihub.model.money.Credits;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.springframework.stereotype.Component;

/**
 * Writes all postings of a month as CSV, a thousand at a time: a slow reader holds no connection of
 * the pool, and memory stays constant.
 */
@Component
class StatementCsv {

    private static final int CHUNK = 1_000;
    private static final int MOST_AT_ONCE = 8;

    private static final List<String> NAMES =
            List.of(
                    "time",
                    "kind",
                    "transaction",
                    "reference",
                    "memo",
                    "reason",
                    "amount",
                    "balance",
                    "currency");

    private final LedgerSpans spans;
    private final String currency;
    private final Semaphore running = new Semaphore(MOST_AT_ONCE);

    StatementCsv(LedgerSpans spans, Settings settings) {
        this.spans = spans;
        this.currency = settings.currency();
    }

    /**
     * Writes it. If what was written does not make the closing balance the connection breaks, so
     * that nobody takes it for a statement.
     *
     * @throws Refused 429 if too many exports run
     */
    void write(Statement statement, boolean mark, HttpServletResponse response) throws IOException {
        if (!running.tryAcquire()) {
            throw new Refused(
                    Problem.throttled("At most " + MOST_AT_ONCE + " exports run at once."),
                    Duration.ofSeconds(5));
        }
        try {
            response.setContentType("text/csv");
            response.setCharacterEncoding("UTF-8");
            response.setHeader(
                    "Content-Disposition",
                    "attachment; filename=\"statement-" + statement.month() + ".csv\"");
            response.setHeader("Cache-Control", "no-store");
            var csv = new Csv(response.getWriter());
            if (mark) {
                csv.mark();
            }
            csv.row(NAMES);
            rows(statement, csv);
        } finally {
            running.release();
        }
    }

    private void rows(Statement statement, Csv csv) throws IOException {
        var span = statement.span();
        var zone = statement.month().zone();
        csv.row(border(span.from(), zone, "opening-balance", span.opening()));
        var balance = span.opening();
        long last = 0;
        List<Movement> chunk;
        do {
            chunk = spans.movements(statement.account(), span, last, true, CHUNK);
            for (var movement : chunk) {
                balance = balance.plus(movement.amount());
                last = movement.transactionId();
                csv.row(row(movement, zone, balance));
            }
        } while (chunk.size() == CHUNK);
        if (!balance.equals(span.closing())) {
            throw new IOException(
                    "a statement of account "
                            + statement.account()
                            + " ends with "
                            + balance
                            + ", not with "
                            + span.closing());
        }
        csv.row(border(span.to(), zone, "closing-balance", span.closing()));
    }

    private List<Object> row(Movement movement, ZoneId zone, Credits balance) {
        return List.of(
                time(movement.createdAt(), zone),
                movement.kind().wireName(),
                movement.transactionId(),
                movement.reference(),
                movement.memo(),
                movement.reason(),
                decimal(movement.amount()),
                decimal(balance),
                currency);
    }

    private List<Object> border(Instant at, ZoneId zone, String kind, Credits balance) {
        return List.of(time(at, zone), kind, "", "", "", "", "", decimal(balance), currency);
    }

    private static BigDecimal decimal(Credits amount) {
        return new BigDecimal(amount.toDecimal());
    }

    private static String time(Instant instant, ZoneId zone) {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(instant.atZone(zone));
    }
}
