package io.apihub.billing.budget;

import io.apihub.billing.database.DatabaseGate;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Parks the incarnations that gave no sign of life for a while. */
@Component
class IncarnationWatch {

    private static final Logger LOG = LoggerFactory.getLogger(IncarnationWatch.class);
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final Leases leases;
    private final DatabaseGate gate;

    IncarnationWatch(Leases leases, DatabaseGate gate) {
        this.leases = leases;
        this.gate = gate;
    }

    @Scheduled(fixedDelay = 10_000)
    void look() {
        if (!gate.isOpen()) {
            return;
        }
        int parked = leases.parkSilent(SILENCE);
        if (parked > 0) {
            LOG.warn("{} gateway incarnations vanished; their leases stay counted", parked);
        }
    }
}
