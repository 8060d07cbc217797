package io.apihub.billing.database;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
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
        stop(List.of(this));
    }

    /** The same for several: all are interrupted before the first is waited for. */
    public static void stop(Collection<Rounds> all) {
        var ending = all.stream().map(Rounds::interrupt).flatMap(Optional::stream).toList();
        long began = System.nanoTime();
        try {
            for (var thread : ending) {
                var left = PATIENCE.minusNanos(System.nanoTime() - began);
                if (thread.isAlive() && !thread.join(left)) {
                    LOG.warn("{}: the last round does not end", thread.getName());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<Thread> interrupt() {
        var running = Optional.ofNullable(worker);
        worker = null;
        running.ifPresent(Thread::interrupt);
        return running;
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
