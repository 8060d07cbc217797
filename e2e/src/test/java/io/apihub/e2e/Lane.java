package io.apihub.e2e;

import io.apihub.dev.modelserver.Served;
import io.apihub.dev.process.Await;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * A way for a client to the model server.
 *
 * @param url without a path
 * @param key what the client shows
 * @param model a model that can be asked for there
 * @param log what the model server behind it has served
 */
record Lane(URI url, String key, String model, Supplier<List<Served>> log) {

    private static final Duration LOG_DELAY = Duration.ofSeconds(5);
    private static final AtomicLong TAGS = new AtomicLong(System.nanoTime());

    /** A word for a prompt by which {@link #served} finds the request. */
    static String tag() {
        return "t" + Long.toString(TAGS.incrementAndGet(), 36);
    }

    /** {@code text} marked with {@code tag}. */
    static String prompt(String tag, String text) {
        return text + " [[tag=" + tag + "]]";
    }

    /** The one request that carried {@code tag}, as the model server saw it. */
    Served served(String tag) {
        try {
            Await.until("the model server's log", LOG_DELAY, () -> !all(tag).isEmpty());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        var found = all(tag);
        if (found.size() != 1) {
            throw new AssertionError("served " + found.size() + " times: " + found);
        }
        return found.getFirst();
    }

    List<Served> all(String tag) {
        return log.get().stream().filter(s -> s.tag().equals(tag)).toList();
    }
}
