package io.apihub.billing.events;

import io.apihub.billing.access.Seat;
import jakarta.servlet.AsyncContext;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open stream. Whoever has events offers them and never waits; a thread of the stream's own
 * writes. A reader who is too slow is cut off, for it can come back with its last event's id.
 */
public final class EventStream implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
    private static final ServerEvent BEAT = ServerEvent.comment("");
    private static final ServerEvent END = ServerEvent.comment("end");

    private final BlockingQueue<ServerEvent> queue;
    private final AsyncContext context;
    private final OutputStream out;
    private final StreamTerms terms;
    private volatile boolean open = true;
    private volatile boolean overflown;

    EventStream(AsyncContext context, OutputStream out, StreamTerms terms) {
        this.queue = new ArrayBlockingQueue<>(terms.queue());
        this.context = context;
        this.out = out;
        this.terms = terms;
    }

    /**
     * Puts an event in line. Safe from any thread.
     *
     * @return false if the stream has ended, perhaps because this event was one too many
     */
    public boolean offer(ServerEvent event) {
        if (open && !queue.offer(event)) {
            overflown = true;
            close();
        }
        return open;
    }

    /** Ends the stream; what still waits is not sent. Safe to repeat, from any thread. */
    @Override
    public void close() {
        open = false;
        queue.clear();
        while (!queue.offer(END)) {
            queue.clear();
        }
    }

    public boolean isOpen() {
        return open;
    }

    /** Whether it ended because its reader was too slow. */
    boolean overflown() {
        return overflown;
    }

    Seat seat() {
        return terms.seat();
    }

    String owner() {
        return terms.owner();
    }

    void beat() {
        offer(BEAT);
    }

    /** Writes until the end; runs in a thread of its own. */
    void write(Predicate<StreamTerms> goesOn) {
        try {
            var event = queue.take();
            while (event != END && (event != BEAT || goesOn.test(terms))) {
                out.write(event.bytes());
                if (queue.isEmpty()) {
                    out.flush();
                }
                event = queue.take();
            }
        } catch (IOException | IllegalStateException e) {
            LOG.debug("the reader is gone", e);
        } catch (InterruptedException e) {
            LOG.debug("interrupted", e);
        } finally {
            open = false;
            terms.ended().run();
            complete();
        }
    }

    private void complete() {
        try {
            context.complete();
        } catch (IllegalStateException e) {
            LOG.debug("the container was faster", e);
        }
    }
}
