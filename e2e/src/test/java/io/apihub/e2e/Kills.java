package io.apihub.e2e;

import io.apihub.dev.stack.Stack;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/** Takes programs away under load, and waits each time until the product is whole again. */
final class Kills {

    /** Before something is killed, and after it is back, so many requests are answered. */
    private static final int ANSWERS = 20;

    private static final Duration RECOVERY_LIMIT = Duration.ofMinutes(2);

    /** Whose end makes requests end without a word about their usage. */
    private static final Set<String> WITNESSES = Set.of("envoy", "ext-authz", "cliproxyapi");

    private final Stack stack;
    private final OpenHolds holds;
    private final Load load;
    private final int clients;
    private int open;

    Kills(Product product, Load load, int clients) {
        this.stack = product.stack();
        this.holds = new OpenHolds(stack);
        this.load = load;
        this.clients = clients;
    }

    /** Kills a program as {@code kill -9} does; its supervisor starts it again. */
    void kill(String victim) throws IOException, InterruptedException {
        load.await(ANSWERS);
        var process = stack.process(victim);
        int before = process.restarts();
        if (WITNESSES.contains(victim.replaceFirst("-\\d$", ""))) {
            open += Math.toIntExact(holds.count()) + clients;
        }

        process.kill();

        Billing.until("a restart of " + victim, () -> process.restarts() > before);
        stack.awaitReady(RECOVERY_LIMIT);
        load.await(ANSWERS);
    }

    /** Stops a program for a while; what is leased already goes on being served. */
    void away(String victim, Duration time) throws IOException, InterruptedException {
        load.await(ANSWERS);
        long end = System.nanoTime() + time.toNanos();
        stack.process(victim).stop();
        load.await(ANSWERS);
        Billing.until(time + " to pass", () -> System.nanoTime() >= end);
        stack.process(victim).start();
        stack.awaitReady(RECOVERY_LIMIT);
        load.await(ANSWERS);
    }

    /** The most requests that may have been open when something was killed. */
    int open() {
        return open;
    }
}
