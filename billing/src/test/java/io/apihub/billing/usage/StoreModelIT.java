package io.apihub.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.budget.Budget;
import io.apihub.billing.budget.Share;
import io.apihub.billing.budget.Span;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.ledger.Posting;
import io.apihub.billing.pricing.PriceBooks;
import io.apihub.billing.testing.Bank;
import io.apihub.billing.testing.Soundness;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same history on the real tables and on the model ends in the same state: grants, returns,
 * settlements, shares, recalls, windows that end, changed limits, gateways that vanish, come back,
 * close and are given up.
 *
 * <p>A history is made on Postgres, by one thread or by many connections at once. Each of its
 * transactions takes a number from a sequence just before it commits, while it still holds all of
 * its locks. Of two transactions that touch the same row, the second one waits for the first to
 * commit, so its number is the larger; those that touch none in common may go in either order. So
 * the order of the numbers is one in which a single thread could have done it all, and in that
 * order the model does it: each step must get the same answer, and the end must be the same. What a
 * transaction read without a lock (the registry's limits, the clock, how many gateways are active,
 * what others hold) is noted with it and given to the model. Row locks know nothing of rows that
 * are not there yet, so here, and only here, who looks for all rows of a kind keeps those away who
 * make some.
 */
class StoreModelIT {

    private static final int HISTORIES = Integer.getInteger("model.histories", 3);
    private static final int STEPS = 400;
    private static final int CONNECTIONS = 8;

    // Not the one that tests share: silence is of all gateways.
    private static Bank bank;
    private static long book;

    private final RealHistory history;
    private final RandomSteps steps;

    StoreModelIT() {
        // A history begins with no other's gateways.
        bank.jdbc().update("UPDATE billing.incarnation SET state = 'CLOSED'");
        history = new RealHistory(bank);
        steps = new RandomSteps(bank, history, book);
    }

    @BeforeAll
    static void start() {
        bank = Bank.on(TestDatabase.create());
        book = bank.registry().priceBook(1_000_000, 1_000_000, "2026-01-01T00:00:00Z");
    }

    @AfterAll
    static void stop() {
        bank.close();
    }

    static LongStream seeds() {
        long first = Long.getLong("model.seed", System.nanoTime() % 1_000_000);
        return LongStream.range(first, first + HISTORIES);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void oneThreadsHistoryEndsInEqualStates(long seed) {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < STEPS; i++) {
            steps.take(random);
        }

        compare(true);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void manyConnectionsHistoryEndsInEqualStates(long seed) throws Exception {
        List<Callable<Boolean>> work =
                IntStream.range(0, STEPS)
                        .<Callable<Boolean>>mapToObj(i ->
                                () -> {
                                    steps.take(new SplittableRandom(seed * 1_000_003 + i));
                                    return true;
                                })
                        .toList();
        try (var threads = Executors.newFixedThreadPool(CONNECTIONS)) {
            for (var done : threads.invokeAll(work)) {
                assertThat(done.get()).isTrue();
            }
        }

        compare(false);
    }

    private void compare(boolean alone) {
        var prices = bank.get(PriceBooks.class).version(book).orElseThrow();
        var model = new ModelHistory(alone, prices, history.shadow());
        history.inOrder().forEach(model::take);

        assertThat(refusedInShadow()).isPositive();
        assertThat(realPots()).isEqualTo(modelPots(model));
        assertThat(realLeases(model)).isEqualTo(modelLeases(model));
        assertThat(realUsage()).isEqualTo(modelUsage(model));
        assertThat(realLedger()).isEqualTo(modelLedger(model));
        assertThat(realLives(model)).isEqualTo(modelLives(model));
        Soundness.check(bank.jdbc());
    }

    private static List<String> rows(String sql, Object... parameters) {
        return bank.jdbc().query(sql, (row, number) -> row.getString(1), parameters);
    }

    private long refusedInShadow() {
        return bank.count(
                "SELECT sum(would_have_refused) FROM billing.budget WHERE tenant_id = ?",
                steps.tenant());
    }

    /** But for rows that nobody used: the model makes fewer of them. */
    private Set<String> realPots() {
        var tenant = steps.tenant();
        var pots = new TreeSet<String>();
        pots.addAll(
                rows(
                        "SELECT concat_ws(' ', quota_name, limit_name, '/' || subject, window_start_millis,"
                                + " coalesce(window_end_millis, ?), revision, amount, spent,"
                                + " leased, overage, corrected, observed, would_have_refused,"
                                + " exhausted, ceiling) FROM billing.budget"
                                + " WHERE tenant_id = ?"
                                + " AND (spent, leased, overage, observed) <> (0, 0, 0, 0)",
                        Span.NEVER,
                        tenant));
        pots.addAll(
                rows(
                        "SELECT concat_ws(' ', quota_name, '/' || subject, revision, amount,"
                                + " leased, level, level_at_millis, ceiling) FROM billing.share"
                                + " WHERE tenant_id = ?",
                        tenant));
        pots.addAll(
                rows(
                        "SELECT concat_ws(' ', 'account', balance_micros, leased_micros,"
                                + " credit_limit_micros, credit_floor_micros) FROM billing.account"
                                + " WHERE tenant_id = ?",
                        tenant));
        return pots;
    }

    private static Set<String> modelPots(ModelHistory model) {
        var pots = new TreeSet<String>();
        for (var row : model.rows().rows().budgets().values()) {
            Budget.Counts now = row.counts();
            var span = row.key().span();
            if (now.used() + now.leased() != 0) {
                pots.add(
                        words(
                                row.key().limit().name().quota(),
                                row.key().limit().name().limit(),
                                "/" + row.key().limit().subject(),
                                span.startMillis(),
                                span.endMillis(),
                                now.revision(),
                                now.amount(),
                                now.spent(),
                                now.leased(),
                                now.overage(),
                                now.corrected(),
                                now.observed(),
                                now.wouldHaveRefused(),
                                row.alarm().exhausted() ? "t" : "f",
                                row.ceiling()));
            }
        }
        for (var row : model.rows().rows().shares().values()) {
            Share.Counts now = row.counts();
            pots.add(
                    words(
                            row.key().limit().name().quota(),
                            "/" + row.key().limit().subject(),
                            now.revision(),
                            now.amount(),
                            now.leased(),
                            now.level(),
                            now.levelAtMillis(),
                            row.ceiling()));
        }
        for (var row : model.rows().rows().accounts().values()) {
            pots.add(words("account", row.balance(), row.leased(), row.limit(), row.floor()));
        }
        return pots;
    }

    private static String words(Object... words) {
        return String.join(" ", List.of(words).stream().map(String::valueOf).toList());
    }

    private static Map<Long, String> realLeases(ModelHistory model) {
        var leases = new TreeMap<Long, String>();
        bank.jdbc()
                .query(
                        "SELECT lease_id, concat_ws(' ', granted, spent, returned, state ="
                                + " 'CLOSED') FROM billing.lease WHERE lease_id = ANY (?)",
                        row -> {
                            leases.put(row.getLong(1), row.getString(2));
                        },
                        (Object) model.leases().keySet().toArray(Long[]::new));
        return leases;
    }

    private static Map<Long, String> modelLeases(ModelHistory model) {
        var leases = new TreeMap<Long, String>();
        model.leases()
                .forEach((real, lease) ->
                        leases.put(
                                real,
                                words(
                                        lease.granted(),
                                        lease.spent(),
                                        lease.returned(),
                                        lease.closed() ? "t" : "f")));
        return leases;
    }

    private Set<String> realUsage() {
        return new TreeSet<>(
                rows(
                        "SELECT concat_ws(' ', hold_id, outcome, cost_micros, overage_micros,"
                                + " corrected_at IS NOT NULL) FROM billing.usage"
                                + " WHERE tenant_id = ?",
                        steps.tenant()));
    }

    private static Set<String> modelUsage(ModelHistory model) {
        var usage = new TreeSet<String>();
        model.usage()
                .rows()
                .forEach((hold, row) ->
                        usage.add(
                                words(
                                        hold,
                                        row.outcome(),
                                        row.costMicros(),
                                        row.overageMicros(),
                                        row.corrected() ? "t" : "f")));
        return usage;
    }

    /**
     * By kind what was taken from the tenant's account, and from the platform's for late records.
     */
    private Map<String, Long> realLedger() {
        var sums = new TreeMap<String, Long>();
        bank.jdbc()
                .query(
                        "SELECT kind, -sum(amount_micros) FROM billing.ledger_entry"
                                + " JOIN billing.ledger_transaction USING (transaction_id)"
                                + " JOIN billing.account USING (account_id) WHERE tenant_id = ?"
                                + " AND kind <> 'grant' GROUP BY 1 UNION ALL"
                                + " SELECT 'lost by ' || kind, -sum(amount_micros)"
                                + " FROM billing.ledger_entry"
                                + " JOIN billing.ledger_transaction USING (transaction_id)"
                                + " JOIN billing.account USING (account_id)"
                                + " JOIN billing.usage u ON reference IN ('late/' || u.hold_id,"
                                + " 'late-correction/' || u.hold_id)"
                                + " WHERE platform_name = 'late_usage' AND u.tenant_id = ?"
                                + " GROUP BY 1",
                        row -> {
                            sums.put(row.getString(1), row.getLong(2));
                        },
                        steps.tenant(),
                        steps.tenant());
        return sums;
    }

    private static Map<String, Long> modelLedger(ModelHistory model) {
        var sums = new TreeMap<String, Long>();
        Consumer<Posting> add =
                posting ->
                        sums.merge(
                                (posting.reference().startsWith("late") ? "lost by " : "")
                                        + posting.kind().wireName(),
                                -posting.entries().getFirst().amount().micros(),
                                Long::sum);
        model.usage().postings().values().forEach(add);
        return sums;
    }

    private static List<String> realLives(ModelHistory model) {
        var ids = new ArrayList<>(model.rows().rows().incarnations().keySet());
        return rows(
                "SELECT concat_ws(' ', incarnation, i.state, u.leases) FROM billing.incarnation i"
                        + " LEFT JOIN billing.unattributed u USING (incarnation)"
                        + " WHERE incarnation = ANY (?) ORDER BY incarnation::text",
                (Object) ids.toArray(UUID[]::new));
    }

    private static List<String> modelLives(ModelHistory model) {
        var lives = new TreeSet<String>();
        var givenUp = model.rows().rows().givenUp();
        model.rows()
                .rows()
                .incarnations()
                .forEach((incarnation, row) -> {
                    var up = givenUp.get(incarnation);
                    lives.add(
                            up == null
                                    ? words(incarnation, row.state())
                                    : words(incarnation, row.state(), Objects.requireNonNull(up)));
                });
        return List.copyOf(lives);
    }
}
