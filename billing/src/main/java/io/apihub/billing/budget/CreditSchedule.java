package io.apihub.billing.budget;

import io.apihub.billing.database.DatabaseGate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** When the rounds are made. A round that fails is simply made again. */
@Component
class CreditSchedule {

    private static final Logger LOG = LoggerFactory.getLogger(CreditSchedule.class);

    private final CreditRounds rounds;
    private final DatabaseGate gate;

    CreditSchedule(CreditOffice office, DatabaseGate gate) {
        this.rounds = office.rounds();
        this.gate = gate;
    }

    @Scheduled(fixedDelay = 400)
    void followPolicies() {
        make(rounds::followPolicies);
    }

    @Scheduled(fixedDelay = 1_000)
    void remind() {
        make(rounds::remind);
    }

    @Scheduled(fixedDelay = 10_000)
    void lookAfterVanished() {
        make(rounds::lookAfterVanished);
    }

    private void make(Runnable round) {
        if (gate.isOpen()) {
            try {
                round.run();
            } catch (DataAccessException | TransactionException e) {
                LOG.warn("a round failed: {}", e.toString());
            }
        }
    }
}
