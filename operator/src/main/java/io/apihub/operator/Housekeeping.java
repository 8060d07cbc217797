package io.apihub.operator;

import io.apihub.operator.registry.GatewaySessions;
import io.apihub.operator.registry.RegistryUnavailableException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Throws away what nobody needs any more, once an hour, while this replica leads. */
final class Housekeeping implements AutoCloseable {

    /** How long a gateway that is gone is remembered, beyond the time that it may have served. */
    private static final Duration REMEMBERED = Duration.ofDays(1);

    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    private final GatewaySessions sessions;
    private final Duration age;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("housekeeping").factory());

    Housekeeping(GatewaySessions sessions, Duration maxStale) {
        this.sessions = sessions;
        this.age = maxStale.plus(REMEMBERED);
        var ticking = timer.scheduleWithFixedDelay(this::tidy, 0, 1, TimeUnit.HOURS);
        if (ticking.isCancelled()) {
            throw new IllegalStateException("the timer did not start");
        }
    }

    private void tidy() {
        try {
            int gone = sessions.forget(age);
            if (gone > 0) {
                LOG.info("forgot {} sessions of gateways that are gone", gone);
            }
        } catch (RegistryUnavailableException e) {
            LOG.warn("can't tidy up: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
