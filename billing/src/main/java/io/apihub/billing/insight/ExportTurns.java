package io.apihub.billing.insight;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Exports that run: so many at once, and few of one, who may read as slowly as they like. */
final class ExportTurns {

    static final int MOST = 8;
    static final int MOST_OF_ONE = 2;
    private static final Duration COME_BACK = Duration.ofSeconds(10);

    private final List<String> running = new ArrayList<>();

    /** Ends with {@link #close}. */
    interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Lets one begin.
     *
     * @throws Refused 429 if too many run, of this owner or of all
     */
    synchronized Turn take(String owner) {
        if (Collections.frequency(running, owner) >= MOST_OF_ONE) {
            throw refused(MOST_OF_ONE + " exports of one user");
        }
        if (running.size() >= MOST) {
            throw refused(MOST + " exports");
        }
        running.add(owner);
        return () -> leave(owner);
    }

    private synchronized void leave(String owner) {
        running.remove(owner);
    }

    private static Refused refused(String most) {
        return new Refused(
                Problem.throttled("At most " + most + " run at once; try again later."), COME_BACK);
    }
}
