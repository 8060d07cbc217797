package io.apihub.extauthz.credit;

import io.apihub.credit.v1.Found;
import io.apihub.extauthz.journal.UsageJournal;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Says to billing what incarnations that are no more still need of their leases. */
final class EarlierLives {

    private static final long SECOND = 1_000_000_000L;

    /** What has not changed is said again that often: billing may have failed to note it. */
    private static final long REPEATED = 10 * SECOND;

    private final UsageJournal journal;
    private final CreditSession session;
    private final Delays delays;
    private final LongSupplier nanoTime;
    private volatile boolean welcomed;
    private @Nullable Found told;
    private long toldAt;
    private long lookedAt;

    EarlierLives(
            UsageJournal journal, CreditSession session, Delays delays, LongSupplier nanoTime) {
        this.journal = journal;
        this.session = session;
        this.delays = delays;
        this.nanoTime = nanoTime;
        this.lookedAt = nanoTime.getAsLong() - SECOND;
    }

    /** Billing listens, on a new stream. */
    void welcomed() {
        if (journal.lives().isAlone()) {
            session.nothingFound();
        } else {
            welcomed = true;
            // It reads the journal: not on the thread that brings billing's messages.
            delays.after(Duration.ZERO, this::tellAnew);
        }
    }

    private synchronized void tellAnew() {
        welcomed = false;
        told = null;
        tell();
    }

    /** What is needed less and less is said once a second. To be called a few times a second. */
    synchronized void tick() {
        boolean due = !welcomed && nanoTime.getAsLong() - lookedAt >= SECOND;
        if (due && !journal.lives().isAlone()) {
            tell();
        }
    }

    private void tell() {
        lookedAt = nanoTime.getAsLong();
        var found = journal.lives().found();
        if (found.isEmpty()) {
            session.nothingFound();
            return;
        }
        var message = FoundMessage.of(found.get());
        if (!message.equals(told) || lookedAt - toldAt >= REPEATED) {
            told = message;
            toldAt = lookedAt;
            // What a power cut undoes must not be free at billing.
            journal.whenOnDisk(() -> session.found(message));
        }
    }
}
