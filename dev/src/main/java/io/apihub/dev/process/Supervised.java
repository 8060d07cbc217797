package io.apihub.dev.process;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A program that is to run until {@link #stop}: when it ends by itself it is started again, at once
 * the first time, then after a pause that doubles up to ten seconds. Safe for use by several
 * threads.
 */
public final class Supervised {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /** A run this long was a good one: the next pause is the first again. */
    private static final Duration GOOD_RUN = Duration.ofSeconds(20);

    private final Program program;
    private final Consumer<String> announce;
    private final InstantSource clock;

    private @Nullable Child child;
    private boolean wanted;
    private int restarts;

    Supervised(Program program, Consumer<String> announce, InstantSource clock) {
        this.program = program;
        this.announce = announce;
        this.clock = clock;
    }

    public String name() {
        return program.name();
    }

    public Program program() {
        return program;
    }

    /** How often it was started again after it ended by itself. */
    public synchronized int restarts() {
        return restarts;
    }

    public synchronized boolean isRunning() {
        return child != null && child.isAlive();
    }

    /**
     * The process that runs now.
     *
     * @throws IllegalStateException if none does
     */
    public synchronized long pid() {
        return running().pid();
    }

    /** Starts it, if it is not wanted yet. */
    public synchronized void start() throws IOException {
        if (wanted) {
            return;
        }
        wanted = true;
        var first = Child.start(program);
        child = first;
        Thread.ofPlatform().daemon().name("watch-" + name()).start(() -> watch(first));
    }

    /** Ends it for good; returns when the process is gone. */
    public void stop() throws InterruptedException {
        Child last;
        synchronized (this) {
            wanted = false;
            last = child;
            notifyAll();
        }
        if (last != null) {
            last.stop();
        }
    }

    /** Stops it gently and starts it again. */
    public void restart() throws IOException, InterruptedException {
        stop();
        start();
    }

    /** Kills it as a crash would; it is started again like after one. */
    public synchronized void kill() {
        running().kill();
    }

    /** Sends a signal such as {@code STOP} or {@code CONT}. */
    public void signal(String signal) throws InterruptedException {
        Child current;
        synchronized (this) {
            current = running();
        }
        current.signal(signal);
    }

    private Child running() {
        if (child == null) {
            throw new IllegalStateException(name() + " is not running");
        }
        return child;
    }

    private void watch(Child first) {
        var current = first;
        var pause = FIRST_PAUSE;
        try {
            while (true) {
                var startedAt = clock.instant();
                int exit = current.awaitEnd();
                pause = nextPause(pause, startedAt);
                if (!stillWanted(current)) {
                    return;
                }
                announce.accept(
                        "%s ended (exit %d), starting it again; its log: %s"
                                .formatted(name(), exit, program.log()));
                var next = startAfter(pause);
                if (next == null) {
                    return;
                }
                current = next;
            }
        } catch (IOException e) {
            announce.accept(name() + " can't be started again: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration nextPause(Duration last, Instant startedAt) {
        var ran = Duration.between(startedAt, clock.instant());
        if (ran.compareTo(GOOD_RUN) >= 0) {
            return FIRST_PAUSE;
        }
        var doubled = last.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }

    /** Whether {@code ended} is still the run that counts: stop and start may have replaced it. */
    private synchronized boolean stillWanted(Child ended) {
        return wanted && child == ended;
    }

    private synchronized @Nullable Child startAfter(Duration pause)
            throws IOException, InterruptedException {
        var ended = child;
        long until = System.nanoTime() + pause.toNanos();
        for (long left = pause.toMillis(); wanted && left > 0; ) {
            wait(left);
            left = (until - System.nanoTime()) / 1_000_000;
        }
        if (!wanted || child != ended) {
            return null;
        }
        restarts++;
        child = Child.start(program);
        return child;
    }
}
