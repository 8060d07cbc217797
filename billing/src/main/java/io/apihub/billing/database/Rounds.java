package io.apihub.billing.database;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Work that is looked for again and again while Postgres is there, in a thread of its own. No
 * failure ends it: what one round could not do, the next tries.
 */
public final class Rounds {

    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Looks for work and does some. */
    @FunctionalInterface
    public interface Round {

        /**
         * Does one round.
         *
         * @param number from 0, since the start
         * @return whether there may be more to do at once; otherwise the next comes in a second
         * @throws InterruptedException if it is to stop
         */
        boolean run(long number) throws InterruptedException;
    }

    private final String name;
    private final DatabaseGate gate;
    private final Round round;
    private volatile @Nullable Thread worker;

    /**
     * Does nothing until it is started.
     *
     * @param name of the thread, and of the work in logs
     */
    public Rounds(String name, DatabaseGate gate, Round round) {
        this.name = name;
        this.gate = gate;
        this.round = round;
    }

    public void start() {
        // No virtual thread: an interrupt would close the socket of a statement that runs.
        var thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
        worker = thread;
        thread.start();
    }

    /**
     * Interrupts the round that runs, and waits some seconds for its end; does nothing if it does
     * not run.
     */
    public void stop() {
        var running = worker;
        worker = null;
        if (running == null) {
            return;
        }
        running.interrupt();
        try {
            if (!running.join(PATIENCE)) {
                LOG.warn("{}: the last round does not end", name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public boolean isRunning() {
        return worker != null;
    }

    private void run() {
        try {
            for (long number = 0; worker == Thread.currentThread(); number++) {
                if (!gate.isOpen() || !attempt(number)) {
                    Thread.sleep(PAUSE);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("{}: interrupted", name, e);
        }
    }

    private boolean attempt(long number) throws InterruptedException {
        try {
            return round.run(number);
        } catch (DataAccessException | TransactionException e) {
            if (worker != Thread.currentThread()) {
                LOG.debug("{}: stopped within a round", name, e);
                return false;
            }
            LOG.warn("{} wait: {}", name, e.toString());
        } catch (RuntimeException e) {
            LOG.error("a round of {} failed, the next comes in {}", name, PAUSE, e);
        }
        return false;
    }
}
