package io.apihub.extauthz.channel;

import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** Says that a peer is away: once, and then every 30 s until it is back. Thread safe. */
public final class Outage {

    private static final long AGAIN = TimeUnit.SECONDS.toNanos(30);

    private final Logger log;
    private final String peer;
    private final LongSupplier nanoTime;
    private boolean away;
    private long told;

    /**
     * @param peer what is waited for, as the log names it
     * @param nanoTime monotonic
     */
    public Outage(Logger log, String peer, LongSupplier nanoTime) {
        this.log = log;
        this.peer = peer;
        this.nanoTime = nanoTime;
    }

    public synchronized void failed(Throwable cause) {
        long now = nanoTime.getAsLong();
        if (away && now - told < AGAIN) {
            return;
        }
        away = true;
        told = now;
        var status = Status.fromThrowable(cause);
        log.warn("waiting for {}: {} {}", peer, status.getCode(), status.getDescription());
    }

    public synchronized void over() {
        if (away) {
            log.info("{} is back", peer);
        }
        away = false;
    }
}
