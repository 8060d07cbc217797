package io.apihub.e2e.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.Supplier;

/** The last steps of a run; says nothing and costs nothing unless somebody reads it. */
final class Trace {

    private static final int LAST = Integer.getInteger("simulation.trace", 60);

    private final VirtualTime time;
    private final boolean wanted;
    private final Deque<String> lines = new ArrayDeque<>();
    private long digest = 1;

    Trace(VirtualTime time, boolean wanted) {
        this.time = time;
        this.wanted = wanted;
    }

    void say(Supplier<String> line) {
        if (!wanted) {
            return;
        }
        var said = String.format(Locale.ROOT, "%10.3f s  %s", time.now() / 1e9, line.get());
        digest = digest * 31 + said.hashCode();
        lines.add(said);
        if (lines.size() > LAST) {
            lines.removeFirst();
        }
    }

    /** Two runs that said the same have the same. */
    long digest() {
        return digest;
    }

    @Override
    public String toString() {
        return String.join("\n", lines);
    }
}
