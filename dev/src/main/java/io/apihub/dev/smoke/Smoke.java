package io.apihub.dev.smoke;

import io.apihub.dev.file.Trees;
import io.apihub.dev.stack.Stack;
import io.apihub.dev.stack.StackOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** Runs the main job once on a stack of its own. */
public final class Smoke {

    private static final Duration READY_LIMIT = Duration.ofMinutes(5);

    private Smoke() {}

    /**
     * Runs it in a fresh temporary directory and on free ports.
     *
     * @param out gets each step with its result
     * @return whether all went well; if not, the directory with the logs is kept
     */
    public static boolean inTemporaryDirectory(Consumer<String> out)
            throws IOException, InterruptedException {
        var directory = Files.createTempDirectory("apihub-smoke");
        boolean passed = run(directory, out);
        if (passed) {
            Trees.delete(directory);
        } else {
            out.accept("smoke: FAILED; data and logs are kept in " + directory);
        }
        return passed;
    }

    private static boolean run(Path directory, Consumer<String> out)
            throws IOException, InterruptedException {
        var steps = new Steps(out);
        long start = System.nanoTime();
        var options = StackOptions.demo(directory, line -> out.accept("          " + line));
        try (var stack = Stack.start(options)) {
            stack.closeAtExit(); // Ctrl-C must not leave programs behind either
            steps.step(
                    "start",
                    () -> {
                        stack.awaitReady(READY_LIMIT);
                        return "everything is ready at " + stack.url();
                    });
            new MainJob(stack, steps).run();
        } catch (Failure e) {
            return false; // printed already
        }
        out.accept(
                "smoke: all %d steps passed in %d s%s"
                        .formatted(
                                steps.done(),
                                (System.nanoTime() - start) / 1_000_000_000,
                                steps.slow() == 0
                                        ? ""
                                        : ", %d of them slower than promised"
                                                .formatted(steps.slow())));
        return true;
    }

    /** Runs it on a stack that is running already and was not used for it before. */
    public static void on(Stack stack, Consumer<String> out)
            throws IOException, InterruptedException {
        new MainJob(stack, new Steps(out)).run();
    }
}
