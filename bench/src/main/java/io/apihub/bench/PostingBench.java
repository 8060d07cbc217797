package io.apihub.bench;

import io.apihub.billing.account.Accounts;
import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.ledger.Entry;
import io.apihub.billing.ledger.Ledger;
import io.apihub.billing.ledger.Posting;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.model.money.Credits;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The ledger alone, in a Postgres that waits for its disk: top-ups and usage of 50 tenants by
 * turns, posted together as billing does, and each by one statement with its own commit into the
 * very same tables, with the same rights, constraints and triggers. One connection each, in turns.
 * And events of usage as billing posts them, of each tenant the sum.
 */
final class PostingBench {

    private static final int TENANTS = 50;
    private static final int SINGLE = 2_000;
    private static final List<Integer> TOGETHER = List.of(100, 1_000);

    /** As many events as billing books in one transaction. */
    private static final int EVENTS = 4_000;

    /** The least that somebody would send who posts events one by one. */
    private static final String ONE =
            "WITH t AS (INSERT INTO billing.ledger_transaction (kind, reference, memo, actor,"
                    + " reason) VALUES (?, ?, ?, ?, ?) RETURNING transaction_id)"
                    + " INSERT INTO billing.ledger_entry SELECT transaction_id, account_id, amount"
                    + " FROM t, (VALUES (?::bigint, ?::bigint), (?::bigint, ?::bigint))"
                    + " AS e (account_id, amount)";

    private final int rounds;
    private final int postings;

    PostingBench(BenchMain.Settings settings) {
        rounds = settings.rounds();
        postings = settings.requests();
    }

    /** What one way of posting took, and what it used in Postgres. */
    private record Taken(double micros, double processor) {

        static Taken of(int count, long nanos, Duration processor) {
            return new Taken(nanos / 1e3 / count, processor.toNanos() / 1e3 / count);
        }
    }

    /** Posts all of them. */
    @FunctionalInterface
    private interface Way {
        void post(List<Posting> all) throws SQLException;
    }

    void run() throws IOException, SQLException {
        try (var database = new MeasuredDatabase();
                var billing = RunningBilling.on(database.registry());
                var sql = service(database.registry())) {
            var load = new Load(billing, database.registry());
            System.out.println(HEADER);
            for (int size : TOGETHER) {
                var together = new Together(billing, size);
                measure(database, "%,d postings".formatted(size), together::post, sql, load);
            }
            var summed = new Summed(new Together(billing, 2 * TENANTS));
            measure(database, "%,d events, summed".formatted(EVENTS), summed::post, sql, load);
        }
    }

    /** With the rights of the service. */
    private static Connection service(TestDatabase database) throws SQLException {
        var settings = database.settings();
        return DriverManager.getConnection(
                settings.jdbcUrl(), settings.service().user(), settings.service().password());
    }

    private void measure(
            MeasuredDatabase database, String what, Way together, Connection sql, Load load)
            throws SQLException {
        together.post(load.next(postings / 2));
        single(sql, load.next(SINGLE / 2));
        var wall = new Rounds();
        var processor = new Rounds();
        for (int round = 0; round < rounds; round++) {
            var ours = taken(database, load.next(postings), together);
            var one = taken(database, load.next(SINGLE), all -> single(sql, all));
            wall.add(ours.micros(), one.micros());
            processor.add(ours.processor(), one.processor());
        }
        print(what, wall, processor);
    }

    private static Taken taken(MeasuredDatabase database, List<Posting> all, Way way)
            throws SQLException {
        var before = database.processorTime();
        long start = System.nanoTime();
        way.post(all);
        long nanos = System.nanoTime() - start;
        return Taken.of(all.size(), nanos, database.processorTime().minus(before));
    }

    private static final String HEADER =
            "| a transaction | one statement each, a second | together, a second | ratio | middle"
                    + " half | Postgres, µs of CPU each: one statement | together | ratio |\n"
                    + "|---|---|---|---|---|---|---|---|";

    private static void print(String what, Rounds wall, Rounds processor) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %,.0f | %,.0f | %.1f | %s | %.0f | %.1f | %.1f |%n",
                what,
                1e6 / wall.real(),
                1e6 / wall.floor(),
                wall.ratio(),
                wall.spread(),
                processor.real(),
                processor.floor(),
                processor.ratio());
    }

    private static void single(Connection sql, List<Posting> all) throws SQLException {
        try (var statement = sql.prepareStatement(ONE)) {
            for (var posting : all) {
                statement.setString(1, posting.kind().wireName());
                statement.setString(2, posting.reference());
                statement.setString(3, posting.memo());
                statement.setString(4, posting.actor());
                statement.setString(5, posting.reason());
                int at = 6;
                for (var entry : posting.entries()) {
                    statement.setLong(at++, entry.accountId());
                    statement.setLong(at++, entry.amount().micros());
                }
                statement.executeUpdate();
            }
        }
    }

    /** Billing's own way. */
    private record Together(RunningBilling billing, int size) {

        void post(List<Posting> all) {
            var ledger = billing.get(Ledger.class);
            var transactions = billing.get(TransactionTemplate.class);
            for (int from = 0; from < all.size(); from += size) {
                var some = all.subList(from, Math.min(all.size(), from + size));
                transactions.execute(status -> ledger.post(some));
            }
        }
    }

    /** Of what comes together, one posting of each tenant. */
    private record Summed(Together ledger) {

        void post(List<Posting> all) {
            for (int from = 0; from < all.size(); from += EVENTS) {
                ledger.post(sums(all.subList(from, Math.min(all.size(), from + EVENTS))));
            }
        }

        private static List<Posting> sums(List<Posting> events) {
            var sums = new LinkedHashMap<List<Long>, Posting>();
            for (var event : events) {
                sums.merge(
                        event.entries().stream().map(Entry::accountId).toList(),
                        event,
                        Summed::plus);
            }
            return List.copyOf(sums.values());
        }

        private static Posting plus(Posting one, Posting other) {
            return Posting.transfer(
                    one.kind(),
                    one.reference(),
                    one.entries().getFirst().accountId(),
                    one.entries().getLast().accountId(),
                    one.entries().getLast().amount().plus(other.entries().getLast().amount()));
        }
    }

    /** Postings that were never there before. */
    private static final class Load {

        private final List<Long> accounts = new ArrayList<>();
        private final long clearing;
        private final long revenue;
        private long made;

        Load(RunningBilling billing, TestDatabase database) {
            var known = billing.get(Accounts.class);
            clearing = known.id(PlatformAccount.PAYMENT_CLEARING);
            revenue = known.id(PlatformAccount.USAGE_REVENUE);
            for (int i = 0; i < TENANTS; i++) {
                var tenant = database.registry().tenant("bench-" + i);
                accounts.add(
                        Objects.requireNonNull(
                                billing.get(TransactionTemplate.class)
                                        .execute(status -> account(known, tenant))));
            }
        }

        private static long account(Accounts known, UUID tenant) {
            return Objects.requireNonNull(known.lock(List.of(tenant)).get(tenant)).id();
        }

        List<Posting> next(int count) {
            var all = new ArrayList<Posting>();
            for (int i = 0; i < count; i++) {
                all.add(next());
            }
            return all;
        }

        /** What came first is there when it is spent. */
        private Posting next() {
            long number = made++;
            var account = accounts.get((int) (number / 2 % TENANTS));
            var id = new UUID(number * 0x9E3779B97F4A7C15L, number);
            return number % 2 == 0
                    ? Posting.transfer(
                            TransactionKind.TOP_UP,
                            "payment/" + id,
                            clearing,
                            account,
                            new Credits(2_000))
                    : Posting.transfer(
                            TransactionKind.USAGE,
                            "usage/" + id,
                            account,
                            revenue,
                            new Credits(1_000));
        }
    }
}
