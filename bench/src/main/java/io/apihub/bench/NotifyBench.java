package io.apihub.bench;

import io.apihub.billing.payment.PaidOrders;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Payments that a platform tells of at a steady rate, whether billing keeps up or not: for each one
 * billing checks the signature, asks the platform back, and credits, in a Postgres that waits for
 * its disk. The platform and who sends run in the same process, on the same cores.
 */
final class NotifyBench {

    private static final int PER_SECOND = 500;
    private static final Duration TIME = Duration.ofSeconds(30);
    private static final int WARM_UP = 2_000;
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int ROUNDS = 50;
    private static final int NO_ANSWER = 0;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** What came back; status 0: nothing. */
    private record Answer(URI notice, int status, boolean taken, double millis) {}

    void run() throws IOException, SQLException, InterruptedException, ExecutionException {
        int count = Math.toIntExact(PER_SECOND * TIME.toSeconds());
        try (var database = new MeasuredDatabase();
                var orders = new PaidOrders(database.registry(), WARM_UP + count)) {
            var notices = orders.notices();
            again(tell(notices.subList(0, WARM_UP)));
            database.forgetStatements();
            var before = Used.now(database);
            long start = System.nanoTime();
            var answers = tell(notices.subList(WARM_UP, notices.size()));
            double seconds = (System.nanoTime() - start) / 1e9;
            var used = Used.now(database);
            again(answers);
            double all = (System.nanoTime() - start) / 1e9;
            print(answers, seconds, all, notices.size() - orders.credited());
            used.print(before, answers.stream().filter(Answer::taken).count());
        }
    }

    /** What was used up so far: processor time here and in Postgres, and statements. */
    private record Used(Duration here, Duration postgres, long statements) {

        static Used now(MeasuredDatabase database) throws SQLException {
            var here = ProcessHandle.current().info().totalCpuDuration().orElseThrow();
            return new Used(here, database.processorTime(), database.statements());
        }

        void print(Used before, long taken) {
            System.out.printf(
                    Locale.ROOT,
                    "For each acknowledged: %.2f ms of processor time here (sender, billing and"
                            + " platform), %.2f ms in Postgres, %.2f statements.%n",
                    here.minus(before.here).toNanos() / 1e6 / taken,
                    postgres.minus(before.postgres).toNanos() / 1e6 / taken,
                    (double) (statements - before.statements) / taken);
        }
    }

    /** Tells again, as platforms do, what was not acknowledged. */
    private void again(List<Answer> answers) throws InterruptedException, ExecutionException {
        var left = answers;
        for (int round = 0; round < ROUNDS; round++) {
            var notices =
                    left.stream().filter(answer -> !answer.taken()).map(Answer::notice).toList();
            if (notices.isEmpty()) {
                return;
            }
            left = tell(notices);
        }
    }

    /** Each at its time, whatever became of those before. */
    private List<Answer> tell(List<URI> notices) throws InterruptedException, ExecutionException {
        long start = System.nanoTime();
        long pause = 1_000_000_000L / PER_SECOND;
        var waiting = new ArrayList<Future<Answer>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < notices.size(); i++) {
                long due = start + i * pause;
                for (long left = due - System.nanoTime();
                        left > 0;
                        left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                var notice = notices.get(i);
                waiting.add(threads.submit(() -> tell(notice, due)));
            }
        }
        var answers = new ArrayList<Answer>();
        for (var one : waiting) {
            answers.add(one.get());
        }
        return answers;
    }

    /** Counts from when it was due: who comes late to send has waited too. */
    private Answer tell(URI notice, long due) throws InterruptedException {
        var request = HttpRequest.newBuilder(notice).timeout(DEADLINE).build();
        try {
            var answer = http.send(request, BodyHandlers.ofString());
            double millis = (System.nanoTime() - due) / 1e6;
            return new Answer(notice, answer.statusCode(), answer.body().equals("success"), millis);
        } catch (IOException e) {
            return new Answer(notice, NO_ANSWER, false, (System.nanoTime() - due) / 1e6);
        }
    }

    private static void print(List<Answer> answers, double seconds, double all, long lost) {
        var times = answers.stream().map(Answer::millis).sorted().toList();
        System.out.println(
                "| notices/s | acknowledged | to be told again | 5xx | no answer | median, ms | 99 %,"
                        + " ms | all credited after, s | lost |\n|---|---|---|---|---|---|---|---|---|");
        System.out.printf(
                Locale.ROOT,
                "| %,.0f | %,d | %,d | %,d | %,d | %,.0f | %,.0f | %.1f | %,d |%n",
                answers.size() / seconds,
                answers.stream().filter(Answer::taken).count(),
                answers.stream()
                        .filter(answer -> answer.status() >= 400 && answer.status() < 500)
                        .count(),
                answers.stream().filter(answer -> answer.status() >= 500).count(),
                answers.stream().filter(answer -> answer.status() == NO_ANSWER).count(),
                times.get(times.size() / 2),
                times.get(times.size() * 99 / 100),
                all,
                lost);
    }
}
