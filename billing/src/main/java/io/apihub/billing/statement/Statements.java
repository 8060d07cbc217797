package io.apihub.billing.statement;

import io.apihub.billing.account.Account;
import io.apihub.billing.account.Accounts;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.ledger.LedgerSpan;
import io.apihub.billing.ledger.LedgerSpans;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.usage.ChargedUsage;
import io.apihub.model.money.Credits;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Draws up statements. Each is read from one snapshot of the database. */
@Component
class Statements {

    /** One of a busy month reads millions of rows. */
    private static final int MOST_AT_ONCE = 4;

    private final Accounts accounts;
    private final LedgerSpans spans;
    private final ChargedUsage usage;
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final Semaphore running = new Semaphore(MOST_AT_ONCE);

    Statements(
            Accounts accounts,
            LedgerSpans spans,
            ChargedUsage usage,
            JdbcTemplate jdbc,
            TransactionTemplate transactions) {
        this.accounts = accounts;
        this.spans = spans;
        this.usage = usage;
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    /** Now, by the clock that transactions are dated by. */
    Instant now() {
        return spans.now();
    }

    /** The months that a tenant has statements of, the running one first. */
    List<Month> months(Tenant tenant, ZoneId zone) {
        var months = new ArrayList<Month>();
        accounts.find(tenant.id())
                .flatMap(account -> spans.beginning(account.id()))
                .ifPresent(beginning -> {
                    var month = Month.of(spans.now(), zone);
                    while (month.to().isAfter(beginning)) {
                        months.add(month);
                        month = month.before();
                    }
                });
        return months;
    }

    /**
     * Draws one up.
     *
     * @throws Refused 429 if too many are being drawn up
     */
    Statement statement(Tenant tenant, Month month) {
        if (!running.tryAcquire()) {
            throw new Refused(
                    Problem.throttled(
                            "At most "
                                    + MOST_AT_ONCE
                                    + " statements are drawn up at once; try again."),
                    Duration.ofSeconds(1));
        }
        try {
            return inOneSnapshot(() ->
                    accounts.find(tenant.id())
                            .map(account -> ofAccount(tenant, month, account))
                            .orElseGet(() -> empty(tenant, month)));
        } finally {
            running.release();
        }
    }

    private Statement inOneSnapshot(Supplier<Statement> work) {
        return Objects.requireNonNull(
                transactions.execute(status -> {
                    jdbc.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
                    return work.get();
                }));
    }

    private Statement ofAccount(Tenant tenant, Month month, Account account) {
        var span = spans.between(account.id(), month.from(), month.to());
        var models =
                usage.byModel(
                        new ChargedUsage.Span(
                                tenant.id(),
                                account.id(),
                                month.from(),
                                month.to(),
                                span.firstTransaction(),
                                span.lastTransaction()));
        return new Statement(tenant, month, account.id(), span, models);
    }

    private Statement empty(Tenant tenant, Month month) {
        var span =
                new LedgerSpan(
                        month.from(),
                        month.to(),
                        Credits.ZERO,
                        Credits.ZERO,
                        List.of(),
                        spans.now());
        return new Statement(tenant, month, 0, span, List.of());
    }
}
