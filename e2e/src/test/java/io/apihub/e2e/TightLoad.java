package io.apihub.e2e;

import io.apihub.dev.modelserver.Served;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients of one customer who want more than its limits allow, for each of which there is a model
 * of its own. Whether a limit was kept is asked of the model server, which is never killed and
 * knows no limits.
 */
final class TightLoad implements AutoCloseable {

    private static final String LIMITS =
            """
            apiVersion: apihub.io/v1alpha1
            kind: Quota
            metadata: {name: tight, namespace: NAME}
            spec:
              tenantRef: {name: NAME}
              limits:
              - {name: cost, metric: Cost, window: Total, amount: "0.2", models: [tight-cost]}
              - {name: day, metric: Requests, window: Day, amount: 100, models: [tight-day]}
              - {name: minute, metric: Requests, window: Minute, amount: 60, models: [tight-minute]}
              - {name: slots, metric: Concurrency, amount: 3, models: [tight-slots]}
            """;

    private static final String MODELS =
            """
            apiVersion: apihub.io/v1alpha1
            kind: Upstream
            metadata: {name: tight}
            spec:
              url: MODEL_SERVER
              protocols: [OpenAIChat]
              credential: {secretRef: {name: modelserver}}
              models:
              - {name: tight-cost, contextTokens: 4096, maxOutputTokens: 100}
              - {name: tight-day, contextTokens: 4096, maxOutputTokens: 100}
              - {name: tight-minute, contextTokens: 4096, maxOutputTokens: 100}
              - {name: tight-slots, contextTokens: 4096, maxOutputTokens: 100}
            """;

    private static final long MOST_COST_MICROS = 200_000;
    private static final int MOST_A_DAY = 100;
    private static final int MOST_A_MINUTE = 60;
    private static final int MOST_AT_ONCE = 3;

    /** A machine on which all is started again has other things to do than to refuse. */
    private static final Duration BETWEEN = Duration.ofMillis(300);

    /** How a limit says no, and how many want something of it. */
    private enum Limit {
        COST("total_exhausted", 2, "[[words=60]]"),
        DAY("budget_exhausted", 2, "[[words=5]]"),
        MINUTE("rate_limited", 2, "[[words=5]]"),
        /** As long as {@link Burst#mostAtOnce} takes each to be. */
        SLOTS("concurrency_limited", 6, "[[words=5]] [[delay=100ms]]");

        private final String reason;
        private final int clients;
        private final String prompt;

        Limit(String reason, int clients, String prompt) {
            this.reason = reason;
            this.clients = clients;
            this.prompt = prompt;
        }

        private String label(String separator) {
            return "tight" + separator + name().toLowerCase(Locale.ROOT);
        }

        private String model() {
            return label("-");
        }
    }

    private final Customer customer;
    private final Instant begin = Instant.now();
    private final long start = System.nanoTime();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final Set<String> tags = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    private final Map<Limit, Integer> refused = new ConcurrentHashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private Duration time = Duration.ZERO;

    private TightLoad(Customer customer) {
        this.customer = customer;
    }

    /** Declares what is needed and starts. */
    static TightLoad of(Product product) {
        var modelServer = product.stack().modelServerUrl().toString();
        product.kubectl().apply(MODELS.replace("MODEL_SERVER", modelServer)).ok();
        var customer = product.customer("{mode: Prepaid}", "1000", LIMITS);
        product.kubectl().await("", "upstream/tight", "Programmed");
        product.kubectl().await(customer.name(), "quota/tight", "Programmed");
        var load = new TightLoad(customer);
        for (Limit limit : Limit.values()) {
            for (int i = 0; i < limit.clients; i++) {
                load.threads.add(Thread.ofVirtual().start(() -> load.run(limit)));
            }
        }
        return load;
    }

    private void run(Limit limit) {
        while (!stop.get()) {
            String tag = Lane.tag();
            tags.add(tag);
            try {
                var prompt = Lane.prompt(tag, limit.prompt);
                check(limit, Burst.ask(customer, limit.model(), prompt));
            } catch (IOException e) {
                // A connection that broke: that is what a kill does.
            }
            LockSupport.parkNanos(BETWEEN.toNanos());
        }
    }

    private void check(Limit limit, RawHttp.Answer answer) {
        boolean known =
                switch (answer.status()) {
                    case 200 -> true;
                    case 429 ->
                            answer.header("x-apihub-reason").equals(limit.reason)
                                    && answer.header("x-apihub-limit").equals(limit.label("/"));
                    default ->
                            answer.status() > 500 && answer.header("x-should-retry").equals("true");
                };
        if (!known) {
            wrong.add(limit + ": " + answer);
        } else if (answer.status() == 429) {
            refused.merge(limit, 1, Integer::sum);
        }
    }

    /** Waits until each limit has said no, without which nothing would be shown. */
    void awaitRefusals() {
        Billing.until(
                "a refusal by each limit",
                () -> refused.keySet().containsAll(List.of(Limit.values())));
    }

    /** Answers that no client should get, and limits that were not kept; once all is settled. */
    List<String> wrong() {
        var all = new ArrayList<>(wrong);
        for (Limit limit : Limit.values()) {
            long used = used(limit);
            if (used < 1 || used > most(limit)) {
                all.add("%s: served %d, not 1 to %d".formatted(limit, used, most(limit)));
            }
        }
        return all;
    }

    private long used(Limit limit) {
        List<Served> served =
                customer.product().served().stream()
                        .filter(one -> tags.contains(one.tag()))
                        .filter(one -> one.model().equals(limit.model()))
                        .toList();
        return switch (limit) {
            case COST -> served.stream().mapToLong(Prices::cost).sum();
            case DAY, MINUTE -> served.size();
            // What was cut off by a kill was shorter.
            case SLOTS -> Burst.mostAtOnce(served.stream().filter(Served::completed).toList());
        };
    }

    private long most(Limit limit) {
        return switch (limit) {
            case COST -> MOST_COST_MICROS;
            case DAY -> MOST_A_DAY * days();
            // A minute's worth at once, and what came back since.
            case MINUTE -> MOST_A_MINUTE + MOST_A_MINUTE * time.toMillis() / 60_000;
            case SLOTS -> MOST_AT_ONCE;
        };
    }

    private long days() {
        var first = LocalDate.ofInstant(begin, ZoneOffset.UTC);
        var last = LocalDate.ofInstant(begin.plus(time), ZoneOffset.UTC);
        return 1 + ChronoUnit.DAYS.between(first, last);
    }

    /** The figures, for people. */
    @Override
    public String toString() {
        var figures = new ArrayList<String>();
        for (Limit limit : Limit.values()) {
            figures.add(
                    "%s %d of %d, refused %d"
                            .formatted(
                                    limit.label("/"),
                                    used(limit),
                                    most(limit),
                                    refused.getOrDefault(limit, 0)));
        }
        return String.join("; ", figures);
    }

    /** Stops; returns when the last answer is there. */
    @Override
    public void close() {
        stop.set(true);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        time = Duration.ofNanos(System.nanoTime() - start);
    }
}
