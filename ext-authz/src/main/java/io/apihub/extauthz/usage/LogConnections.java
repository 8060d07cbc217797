package io.apihub.extauthz.usage;

import java.util.function.LongSupplier;

/** How long the access log has been connected, and how often it was cut. Thread safe. */
final class LogConnections {

    private final LongSupplier nanoTime;
    private int open;
    private long cuts;
    private long upBefore;
    private long upSince;

    LogConnections(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    synchronized void opened() {
        if (open++ == 0) {
            upSince = nanoTime.getAsLong();
        }
    }

    synchronized void closed() {
        cuts++;
        if (--open == 0) {
            upBefore += nanoTime.getAsLong() - upSince;
        }
    }

    synchronized long cuts() {
        return cuts;
    }

    synchronized int open() {
        return open;
    }

    /** Nanoseconds, up to now, during which at least one stream was open. */
    synchronized long upNanos(long now) {
        return open == 0 ? upBefore : upBefore + now - upSince;
    }
}
