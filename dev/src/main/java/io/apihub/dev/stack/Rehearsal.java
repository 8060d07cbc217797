package io.apihub.dev.stack;

import io.apihub.dev.file.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * One start of everything in a temporary directory, once after each build, in which the services
 * write down the classes that a start needs: each later start takes half of the work.
 */
public final class Rehearsal {

    private static final Duration READY_LIMIT = Duration.ofMinutes(5);

    private Rehearsal() {}

    /**
     * Starts everything on free ports, waits until it serves, and stops it. May be repeated.
     *
     * @param announce gets a line for each thing worth knowing
     * @throws StackFailure with one line for the user, if it can't run; what was written is used
     */
    public static void run(Consumer<String> announce) throws IOException, InterruptedException {
        var directory = Files.createTempDirectory("apihub-rehearsal");
        var options = StackOptions.demo(directory, announce).asRehearsal();
        try (var stack = Stack.start(options)) {
            stack.closeAtExit();
            stack.awaitReady(READY_LIMIT);
        } finally {
            Trees.delete(directory);
        }
    }
}
