package io.apihub.billing.registration;

import io.apihub.billing.database.DatabaseGate;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Goes on with registrations that a process left behind, or that had to wait. */
@Component
class Resumer {

    private static final Logger LOG = LoggerFactory.getLogger(Resumer.class);
    private static final int AT_ONCE = 20;

    /** Longer than any step takes; what is not done by then was left behind. */
    static final Duration LEASE = Duration.ofSeconds(30);

    private final Registrations registrations;
    private final Saga saga;
    private final DatabaseGate gate;
    private final FaultPoint fault;

    Resumer(Registrations registrations, Saga saga, DatabaseGate gate, FaultPoint fault) {
        this.registrations = registrations;
        this.saga = saga;
        this.gate = gate;
        this.fault = fault;
    }

    @Scheduled(fixedDelay = 500, initialDelay = 1_000)
    void look() {
        if (gate.isOpen() && registrations.mayWait()) {
            resume();
        }
    }

    /** One round. Safe to repeat, and to run in several instances. */
    void resume() {
        for (var registration : registrations.proven(AT_ONCE)) {
            fault.reached(FaultPoint.Moment.PROVEN);
            registrations.proceed(registration);
        }
        for (var registration : registrations.claimDue(AT_ONCE, LEASE)) {
            resume(registration);
        }
    }

    /** A step that fails is not in the way of the other registrations. */
    private void resume(Registration registration) {
        try {
            saga.advance(registration);
        } catch (RuntimeException e) {
            LOG.warn("registration {}: {}", registration.id(), e.toString());
            registrations.putOff(registration.id(), e.toString());
        }
    }
}
