package io.apihub.extauthz.usage;

import java.util.function.LongSupplier;

/** How long the access log has been connected, and how often it was cut. Thread safe. */
public final class LogConnections {

    private final LongSupplier nanoTime;
    private int open;
    private long cuts;
    private long upBefore;
    private long upSince;

    public LogConnections(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    public synchronized void opened() {
        if (open++ == 0) {
            // Envoy opens its stream with its first word. One that died before said none, so what
            // was admitted until now may have died with it.
            cuts++;
            upSince = nanoTime.getAsLong();
        }
    }

    public synchronized void closed() {
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
