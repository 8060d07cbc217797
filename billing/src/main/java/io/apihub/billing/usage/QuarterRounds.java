package io.apihub.billing.usage;

import io.apihub.billing.database.DatabaseGate;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** When sums of quarters are made. */
@Component
class QuarterRounds {

    private static final Logger LOG = LoggerFactory.getLogger(QuarterRounds.class);

    /** Streams that last for hours are booked into the hour that they began in. */
    private static final Duration RECENT = Duration.ofHours(6);

    private static final Duration NIGHTLY = Duration.ofDays(35);

    /** All that may be asked for; after a database was restored nothing of it is good. */
    private static final Duration MONTHLY = Duration.ofDays(400);

    private final QuarterSums sums;
    private final InstantSource clock;
    private final DatabaseGate gate;

    QuarterRounds(QuarterSums sums, InstantSource clock, DatabaseGate gate) {
        this.sums = sums;
        this.clock = clock;
        this.gate = gate;
    }

    @Scheduled(fixedDelay = 300_000, initialDelay = 60_000)
    void recent() {
        make(RECENT);
    }

    @Scheduled(cron = "0 37 3 2-31 * *")
    void nightly() {
        make(NIGHTLY);
    }

    @Scheduled(cron = "0 37 3 1 * *")
    void monthly() {
        make(MONTHLY);
    }

    private void make(Duration back) {
        var now = clock.instant();
        if (gate.isOpen()) {
            try {
                sums.make(now.minus(back), now);
            } catch (DataAccessException e) {
                LOG.warn("sums of quarters wait: {}", e.toString());
            }
        }
    }
}
