package io.apihub.e2e.simulation;

import java.util.PriorityQueue;

/** What happens when, in true time: nanoseconds since the run began. */
final class VirtualTime {

    static final long MILLI = 1_000_000L;
    static final long SECOND = 1_000 * MILLI;

    private record Event(long at, long order, Runnable task) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long order;
    private long now;

    long now() {
        return now;
    }

    void after(long nanos, Runnable task) {
        events.add(new Event(now + Math.max(0, nanos), order++, task));
    }

    /** Time goes by and nothing happens; what was to happen is forgotten. */
    void skip(long nanos) {
        events.clear();
        now += nanos;
    }

    /** Lets the next thing happen; false if nothing will ever. */
    boolean step() {
        var event = events.poll();
        if (event == null) {
            return false;
        }
        now = event.at();
        event.task().run();
        return true;
    }
}
