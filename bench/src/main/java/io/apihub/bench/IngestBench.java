package io.apihub.bench;

import io.apihub.billing.testing.RunningBilling;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;

/**
 * Usage into a real Postgres that writes through to its disk: billing with all that it books, one
 * plain insert an event into a copy of the table, and COPY of the very same rows into a table
 * without an index. Wall clock, in turns.
 */
final class IngestBench {

    private static final int SINGLE = 2_000;
    private static final int SECONDS = 10;
    private static final IngestCost NONE = new IngestCost(0, 0, 0);

    private final int rounds;
    private final int records;

    IngestBench(BenchMain.Settings settings) {
        rounds = settings.rounds();
        records = settings.requests();
    }

    void run() throws IOException, SQLException, InterruptedException {
        try (var database = new MeasuredDatabase();
                var billing = RunningBilling.on(database.registry());
                var gateway = new UsageLoad(billing, database.registry());
                var sql = database.connect()) {
            tables(sql);
            gateway.send("warm-up", gateway.batches(2 * records));
            database.forgetStatements();
            var ours = new ArrayList<Double>();
            var single = new ArrayList<Double>();
            var copied = new ArrayList<Double>();
            var costs = new IngestCost[] {NONE, NONE, NONE};
            long statements = 0;
            for (int round = 0; round < rounds; round++) {
                var batches = gateway.batches(records);
                System.gc();
                var name = "round-" + round;
                long asked = database.statements();
                var begin = IngestCost.now(database);
                ours.add(perSecond(records, gateway.send(name, batches)));
                costs[0] = costs[0].plus(IngestCost.now(database).since(begin));
                statements += database.statements() - asked;
                var rows = rows(sql, name);
                begin = IngestCost.now(database);
                copied.add(perSecond(records, copy(sql, rows)));
                costs[1] = costs[1].plus(IngestCost.now(database).since(begin));
                begin = IngestCost.now(database);
                single.add(perSecond(SINGLE, insert(sql, rows)));
                costs[2] = costs[2].plus(IngestCost.now(database).since(begin));
            }
            System.out.printf(
                    Locale.ROOT,
                    "%.1f statements for 1,000 requests at full speed%n",
                    statements * 1_000.0 / rounds / records);
            System.out.println("| calls | ms | rows | statement |\n|---|---|---|---|");
            database.costliest(12).forEach(System.out::println);
            print(costs);
            print(Rounds.median(ours), Rounds.median(single), Rounds.median(copied));
            steady(database, gateway);
        }
    }

    private void print(IngestCost[] costs) {
        System.out.println(
                "| processor time, µs a row | Postgres | billing | gateway or writer | all |\n"
                        + "|---|---|---|---|---|");
        System.out.println(costs[2].line("one statement an event", (long) rounds * SINGLE));
        System.out.println(costs[0].line("billing", (long) rounds * records));
        System.out.println(costs[1].line("COPY", (long) rounds * records));
    }

    private static double perSecond(int count, long nanos) {
        return count * 1e9 / nanos;
    }

    private static void tables(Connection sql) throws SQLException {
        try (var statement = sql.createStatement()) {
            statement.execute("CREATE TABLE single (LIKE billing.usage INCLUDING ALL)");
            statement.execute("CREATE TABLE copied (LIKE billing.usage)");
        }
    }

    private static String rows(Connection sql, String gateway) throws SQLException, IOException {
        var text = new StringWriter();
        sql.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut(
                        "COPY (SELECT * FROM billing.usage WHERE gateway = '"
                                + gateway
                                + "') TO STDOUT",
                        text);
        return text.toString();
    }

    private static long copy(Connection sql, String rows) throws SQLException, IOException {
        try (var statement = sql.createStatement()) {
            statement.execute("TRUNCATE copied");
        }
        long start = System.nanoTime();
        sql.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("COPY copied FROM STDIN", new StringReader(rows));
        return System.nanoTime() - start;
    }

    /** Each event by its own statement and commit. */
    private static long insert(Connection sql, String rows) throws SQLException {
        var lines = List.of(rows.split("\n", -1)).subList(0, SINGLE);
        int columns = lines.getFirst().split("\t", -1).length;
        var values = "?, ".repeat(columns - 1) + "?";
        long start = System.nanoTime();
        try (var statement = sql.prepareStatement("INSERT INTO single VALUES (" + values + ")")) {
            for (var line : lines) {
                var cells = line.split("\t", -1);
                for (int i = 0; i < columns; i++) {
                    statement.setString(i + 1, cells[i].equals("\\N") ? null : cells[i]);
                }
                statement.executeUpdate();
            }
        }
        return System.nanoTime() - start;
    }

    private static void print(double ours, double single, double copied) {
        System.out.println(
                "| one statement an event, rows/s | billing, rows/s | COPY, rows/s | to one"
                        + " statement | to COPY |\n|---|---|---|---|---|");
        System.out.printf(
                Locale.ROOT,
                "| %,.0f | %,.0f | %,.0f | %.1f | %.2f |%n",
                single,
                ours,
                copied,
                ours / single,
                ours / copied);
    }

    /** At a steady rate: how many statements billing needs. */
    private static void steady(MeasuredDatabase database, UsageLoad gateway)
            throws SQLException, InterruptedException {
        database.forgetStatements();
        TimeUnit.SECONDS.sleep(SECONDS);
        System.out.printf(
                Locale.ROOT,
                "%n%.0f statements a second without any request%n",
                (double) database.statements() / SECONDS);
        System.out.println("\n| requests/s | statements for 1,000 requests |\n|---|---|");
        for (int rate : new int[] {1_000, 4_000, 10_000}) {
            database.forgetStatements();
            int requests = gateway.steady(rate, SECONDS);
            System.out.printf(
                    Locale.ROOT,
                    "| %,d | %.1f |%n",
                    rate,
                    database.statements() * 1_000.0 / requests);
        }
    }
}
