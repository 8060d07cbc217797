package io.apihub.e2e;

import io.apihub.dev.modelserver.Served;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Many streams at the same moment, each on a connection of its own. A client that is told to try
 * again (503) does so for a while.
 *
 * @param answers in no order
 */
record Burst(Set<String> tags, List<RawHttp.Answer> answers) {

    /** Asked for one price a request, whatever its size. */
    static final String MODEL = "burst-direct";

    private static final String PRICES =
            """
            apiVersion: apihub.io/v1alpha1
            kind: Upstream
            metadata: {name: burst}
            spec:
              url: MODEL_SERVER
              protocols: [OpenAIChat]
              credential: {secretRef: {name: modelserver}}
              models:
              - {name: burst-direct, contextTokens: 128000, maxOutputTokens: 4096}
            ---
            apiVersion: apihub.io/v1alpha1
            kind: PriceBook
            metadata: {name: burst}
            spec:
              currency: CNY
              effectiveFrom: "2026-01-02T00:00:00Z"
              prices:
              - {model: burst-direct, input: "0", output: "0", perRequest: "0.01"}
              - {model: "*", input: "10", cachedInput: "2.5", output: "30"}
            """;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** No stream takes less. */
    private static final Duration SHORTEST = Duration.ofMillis(500);

    /** What a request costs. */
    static final long PRICE_MICROS = 10_000;

    /** Makes the model known; repeating it changes nothing. */
    static void prepare(Product product) {
        var modelServer = product.stack().modelServerUrl().toString();
        product.kubectl().apply(PRICES.replace("MODEL_SERVER", modelServer)).ok();
        product.kubectl().await("", "upstream/burst", "Programmed");
        product.kubectl().await("", "pricebook/burst", "Ready");
    }

    /** Sends so many at once and waits for all answers; each must be a whole one. */
    static Burst of(Customer customer, int streams) throws InterruptedException {
        var tags = new ArrayList<String>();
        var answers = new ArrayList<RawHttp.Answer>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var start = new CountDownLatch(1);
            var asked = new ArrayList<Future<RawHttp.Answer>>();
            for (int i = 0; i < streams; i++) {
                String tag = Lane.tag();
                tags.add(tag);
                asked.add(
                        threads.submit(() -> {
                            start.await();
                            return patiently(customer, tag);
                        }));
            }
            start.countDown();
            for (var answer : asked) {
                answers.add(answer.get());
            }
        } catch (ExecutionException e) {
            throw new AssertionError("a stream without an answer", e);
        }
        return new Burst(Set.copyOf(tags), List.copyOf(answers));
    }

    /** Asks again as long as the answer says so, as the official clients do. */
    private static RawHttp.Answer patiently(Customer customer, String tag) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        var answer = ask(customer, tag);
        while (answer.status() == 503 && System.nanoTime() < end) {
            LockSupport.parkNanos(PAUSE.toNanos());
            answer = ask(customer, tag);
        }
        return answer;
    }

    /** One stream of half a second. */
    static RawHttp.Answer ask(Customer customer, String tag) throws IOException {
        return ask(customer, MODEL, Lane.prompt(tag, "[[words=5]] [[delay=100ms]] hi"));
    }

    /** One stream on a connection of its own. */
    static RawHttp.Answer ask(Customer customer, String model, String prompt) throws IOException {
        String body = Call.CHAT.body(model, prompt, true);
        String head =
                "POST %s HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
                                .formatted(Call.CHAT.path(model, true))
                        + "content-type: application/json\r\nauthorization: Bearer %s\r\n"
                                .formatted(customer.key())
                        + "content-length: %d\r\n\r\n"
                                .formatted(body.getBytes(StandardCharsets.UTF_8).length);
        return RawHttp.send(customer.product().stack().url().getPort(), head + body);
    }

    int served() {
        return (int) answers.stream().filter(answer -> answer.status() == 200).count();
    }

    /** How often which status and reason came. */
    Map<String, Long> outcomes() {
        var outcomes = new TreeMap<String, Long>();
        for (var answer : answers) {
            String outcome = (answer.status() + " " + answer.header("x-apihub-reason")).strip();
            outcomes.merge(outcome, 1L, Long::sum);
        }
        return outcomes;
    }

    /**
     * How many of these ran at once, at least: each took half a second from the moment its head had
     * arrived, or longer.
     */
    static int mostAtOnce(List<Served> served) {
        int most = 0;
        for (Served one : served) {
            var at = one.at();
            most =
                    Math.max(
                            most,
                            (int)
                                    served.stream()
                                            .filter(other -> !other.at().isAfter(at))
                                            .filter(other -> other.at().plus(SHORTEST).isAfter(at))
                                            .count());
        }
        return most;
    }

    /** What the model server says that it served of this burst. */
    List<Served> truth(Product product) {
        return product.served().stream().filter(one -> tags.contains(one.tag())).toList();
    }
}
