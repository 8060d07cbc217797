package io.apihub.billing.budget;

import io.apihub.billing.database.DatabaseGate;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Notes which incarnations have a stream, and parks those that had none for a while. */
@Component
class IncarnationWatch {

    private static final Logger LOG = LoggerFactory.getLogger(IncarnationWatch.class);
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final Incarnations incarnations;
    private final CreditStreams streams;
    private final DatabaseGate gate;

    IncarnationWatch(Incarnations incarnations, CreditStreams streams, DatabaseGate gate) {
        this.incarnations = incarnations;
        this.streams = streams;
        this.gate = gate;
    }

    @Scheduled(fixedDelay = 10_000)
    void look() {
        if (!gate.isOpen()) {
            return;
        }
        incarnations.seen(streams.incarnations());
        int parked = incarnations.parkSilent(SILENCE);
        if (parked > 0) {
            LOG.warn("{} gateway incarnations vanished; their leases stay counted", parked);
        }
    }
}
