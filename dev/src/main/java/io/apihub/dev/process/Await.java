package io.apihub.dev.process;

import java.time.Duration;

/** Waiting for something outside, with a deadline. */
public final class Await {

    /** What comes soon is seen at once; who waits for long leaves the machine to the others. */
    private static final long SHORTEST_PAUSE_MILLIS = 20;

    private static final long LONGEST_PAUSE_MILLIS = 250;

    private Await() {}

    /** A question to the world; an exception means "not yet". */
    @FunctionalInterface
    public interface Question {
        boolean isTrue() throws Exception;
    }

    /**
     * Asks until the answer is yes: every 20 ms at first, after five seconds four times a second.
     *
     * @param what completes "waiting for ..."
     * @return how long it took
     * @throws IllegalStateException with the last exception as cause, if it is not so in time
     */
    public static Duration until(String what, Duration atMost, Question question)
            throws InterruptedException {
        long start = System.nanoTime();
        Exception last = null;
        while (System.nanoTime() - start < atMost.toNanos()) {
            try {
                if (question.isTrue()) {
                    return Duration.ofNanos(System.nanoTime() - start);
                }
                last = null;
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                last = e;
            }
            Thread.sleep(pauseMillis(System.nanoTime() - start));
        }
        var why = last == null ? "" : ": " + last.getMessage();
        throw new IllegalStateException(
                "waited %d s for %s%s".formatted(atMost.toSeconds(), what, why), last);
    }

    private static long pauseMillis(long waitedNanos) {
        long twentieth = waitedNanos / 20_000_000;
        return Math.clamp(twentieth, SHORTEST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS);
    }
}
