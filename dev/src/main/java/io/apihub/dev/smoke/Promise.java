package io.apihub.dev.smoke;

import java.time.Duration;

/** What is promised to take less than a second. A starved machine may take longer; it is said. */
final class Promise {

    /** Begins the words about a promise that was not kept. */
    static final String BROKEN = "SLOW";

    private static final Duration PROMISED = Duration.ofSeconds(1);

    private Promise() {}

    /** The milliseconds, with a remark if they are a thousand or more. */
    static String millis(Duration took) {
        long millis = Math.max(0, took.toMillis());
        return took.compareTo(PROMISED) < 0
                ? millis + " ms"
                : "%d ms, %s: the promise is less than a second".formatted(millis, BROKEN);
    }
}
