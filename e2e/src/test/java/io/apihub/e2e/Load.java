package io.apihub.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that ask for one answer after the other, each on a connection of its own, in every
 * dialect, JSON and streamed, two of three directly from the model server and one through
 * CLIProxyAPI. No two requests have the same numbers of input and output tokens.
 */
final class Load implements AutoCloseable {

    /** Answers have this many different lengths; then the prompts grow. */
    private static final int LENGTHS = 200;

    private static final int SHORTEST = 5;
    private static final Duration AFTER_A_NO = Duration.ofMillis(50);

    /** Enough is always open when something dies, and what is started again has a machine left. */
    private static final Duration BETWEEN = Duration.ofMillis(120);

    private static final List<Call> CALLS = List.of(Call.values());

    private final Customer customer;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger served = new AtomicInteger();
    private final Set<String> tags = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();

    private Load(Customer customer) {
        this.customer = customer;
    }

    /** Starts so many clients. */
    static Load of(Customer customer, int clients) {
        var load = new Load(customer);
        for (int i = 0; i < clients; i++) {
            load.threads.add(Thread.ofVirtual().start(load::run));
        }
        return load;
    }

    private void run() {
        while (!stop.get()) {
            try {
                check(ask(asked.getAndIncrement()));
                LockSupport.parkNanos(BETWEEN.toNanos());
            } catch (IOException e) {
                // A connection that broke: that is what a kill does.
                LockSupport.parkNanos(AFTER_A_NO.toNanos());
            }
        }
    }

    private RawHttp.Answer ask(int number) throws IOException {
        var call = CALLS.get(number % CALLS.size());
        String model = number % 3 == 0 ? Product.MODEL : Product.DIRECT;
        boolean stream = number / CALLS.size() % 2 == 0;
        String tag = Lane.tag();
        tags.add(tag);
        // Slow enough to be open when something dies.
        String text =
                "more ".repeat(number / LENGTHS)
                        + "[[words=%d]] [[stall-before-first-byte=80ms]]"
                                .formatted(SHORTEST + number % LENGTHS);
        String body = call.body(model, Lane.prompt(tag, text), stream);
        String head =
                "POST %s HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
                                .formatted(call.path(model, stream))
                        + "content-type: application/json\r\nanthropic-version: 2023-06-01\r\n"
                        + "authorization: Bearer %s\r\ncontent-length: %d\r\n\r\n"
                                .formatted(
                                        customer.key(),
                                        body.getBytes(StandardCharsets.UTF_8).length);
        return RawHttp.send(customer.product().stack().url().getPort(), head + body);
    }

    private void check(RawHttp.Answer answer) {
        switch (answer.status()) {
            case 200 -> served.incrementAndGet();
            case 502, 503, 504, 529 -> {
                if (!answer.header("x-should-retry").equals("true")) {
                    wrong.add("not to be retried: " + answer);
                }
            }
            default -> wrong.add(answer.toString());
        }
    }

    /** How many requests were answered. */
    int served() {
        return served.get();
    }

    /** Waits until so many more requests were answered. */
    void await(int more) {
        int wanted = served.get() + more;
        Billing.until(more + " more answers", () -> served.get() >= wanted);
    }

    /** All requests that were ever asked. */
    Set<String> tags() {
        return Set.copyOf(tags);
    }

    /** Answers that no client should get. */
    List<String> wrong() {
        return List.copyOf(wrong);
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
    }
}
