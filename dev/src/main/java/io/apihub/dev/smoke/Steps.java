package io.apihub.dev.smoke;

import java.util.function.Consumer;

/** Prints each step of the job with its result and its time. */
final class Steps {

    private final Consumer<String> out;
    private int done;
    private int slow;

    Steps(Consumer<String> out) {
        this.out = out;
    }

    /** Something to do that ends with a result worth reading. */
    @FunctionalInterface
    interface Step {
        String run() throws Exception;
    }

    /**
     * Runs a step.
     *
     * @throws Failure if it fails; it has been printed then
     */
    void step(String name, Step step) throws InterruptedException {
        long start = System.nanoTime();
        try {
            var result = step.run();
            done++;
            boolean late = result.contains(Promise.BROKEN);
            slow += late ? 1 : 0;
            out.accept(
                    "  %-7s %-34s %s (%d ms)"
                            .formatted(late ? "slow" : "ok", name, result, millis(start)));
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            out.accept("  FAILED  %-34s %s".formatted(name, e.getMessage()));
            throw new Failure(name + ": " + e);
        }
    }

    int done() {
        return done;
    }

    /** How many of them did not keep a promised time. */
    int slow() {
        return slow;
    }

    private static long millis(long start) {
        return (System.nanoTime() - start) / 1_000_000;
    }
}
