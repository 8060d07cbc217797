package io.apihub.dev.smoke;

import java.util.function.Consumer;

/** Prints each step of the job with its result and its time. */
final class Steps {

    private final Consumer<String> out;
    private int done;

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
            out.accept("  ok      %-34s %s (%d ms)".formatted(name, result, millis(start)));
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

    private static long millis(long start) {
        return (System.nanoTime() - start) / 1_000_000;
    }
}
