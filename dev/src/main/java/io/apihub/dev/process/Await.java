package io.apihub.dev.process;

import java.time.Duration;

/** Waiting for something outside, with a deadline. */
public final class Await {

    private static final long PAUSE_MILLIS = 20;

    private Await() {}

    /** A question to the world; an exception means "not yet". */
    @FunctionalInterface
    public interface Question {
        boolean isTrue() throws Exception;
    }

    /**
     * Asks every 20 ms until the answer is yes.
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
            Thread.sleep(PAUSE_MILLIS);
        }
        var why = last == null ? "" : ": " + last.getMessage();
        throw new IllegalStateException(
                "waited %d s for %s%s".formatted(atMost.toSeconds(), what, why), last);
    }
}
