package io.apihub.billing.mail;

import io.apihub.billing.settings.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Takes mail. It is written in the caller's transaction, and sent once that is committed: tried
 * again while the mail server is away, given up when it is of no use any more.
 */
@Component
public class Mails {

    private final Outbox outbox;
    private final Postman postman;
    private final MeterRegistry metrics;
    private final boolean on;

    Mails(Outbox outbox, Postman postman, MeterRegistry metrics, Settings settings) {
        this.outbox = outbox;
        this.postman = postman;
        this.metrics = metrics;
        this.on = settings.mail() != null;
    }

    /** What becomes of a message. */
    public enum Outcome {
        QUEUED,
        /** One with this key is there already. */
        REPEATED,
        /** Its recipient had too many in the last hour. */
        WITHHELD,
        /** This installation sends no mail. */
        OFF
    }

    /** Whether this installation sends mail. */
    public boolean isOn() {
        return on;
    }

    /** Takes a message. Needs a transaction; safe to repeat. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Outcome enqueue(Message message) {
        var outcome = on ? outbox.add(message) : Outcome.OFF;
        if (outcome == Outcome.QUEUED) {
            TransactionSynchronizationManager.registerSynchronization(new Ring());
        }
        metrics.counter("apihub_mail", "outcome", outcome.name().toLowerCase(Locale.ROOT))
                .increment();
        return outcome;
    }

    /** Wakes the postman when there is something for him. */
    private final class Ring implements TransactionSynchronization {

        @Override
        public void afterCommit() {
            postman.wake();
        }
    }
}
