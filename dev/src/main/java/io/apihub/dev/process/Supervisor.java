package io.apihub.dev.process;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * The running programs of one stack. Closing it ends them in the reverse order of their start; if
 * this process is killed before it can, the programs end by themselves.
 */
public final class Supervisor implements AutoCloseable {

    private final Consumer<String> announce;
    private final Deque<Supervised> started = new ArrayDeque<>();

    /** {@code announce} gets a line whenever a program ended by itself; it must not block. */
    public Supervisor(Consumer<String> announce) {
        this.announce = announce;
    }

    /** Starts a program and keeps it running. */
    public Supervised start(Program program) throws IOException {
        var supervised = new Supervised(program, announce, InstantSource.system());
        synchronized (started) {
            started.push(supervised);
        }
        supervised.start();
        return supervised;
    }

    /** Ends all programs; one that does not listen is killed after its grace. */
    @Override
    public void close() {
        synchronized (started) {
            while (!started.isEmpty()) {
                stop(started.pop());
            }
        }
    }

    private static void stop(Supervised supervised) {
        try {
            supervised.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
