package io.apihub.billing.events;

import io.apihub.billing.access.Standing;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Opens streams, and keeps the heartbeat of all of them. */
@Component
public class EventStreams implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);
    private static final int MOST = 5_000;
    private static final int MOST_OF_ONE = 50;

    /** How many heartbeats may ask the database at once; the pool belongs to the gateways. */
    private static final int QUESTIONS = 2;

    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
    private final Semaphore questions = new Semaphore(QUESTIONS);
    private final AtomicBoolean looking = new AtomicBoolean();
    private final MeterRegistry metrics;
    private final Standing standing;
    private volatile boolean running;

    EventStreams(MeterRegistry metrics, Standing standing) {
        this.metrics = metrics;
        this.standing = standing;
        metrics.gauge("apihub_billing_event_streams", streams, Set::size);
    }

    /**
     * Answers a request with a stream. To be called in the request's thread, as the last thing that
     * its controller does.
     *
     * @throws Refused 405 for HEAD, 429 if the owner has too many, 503 if there are too many or
     *     billing stops
     * @throws IOException if the reader is gone already
     */
    public EventStream open(
            HttpServletRequest request, HttpServletResponse response, StreamTerms terms)
            throws IOException {
        checkMethod(request, response);
        admit(terms.owner());
        response.setContentType("text/event-stream");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        // For proxies of nginx's kind, which else keep the events until they have a buffer full.
        response.setHeader("X-Accel-Buffering", "no");
        var out = response.getOutputStream();
        out.write("retry: 3000\n\n".getBytes(StandardCharsets.UTF_8));
        // Filters still touch the headers when the controller is done: so they go first.
        response.flushBuffer();
        var context = request.startAsync();
        context.setTimeout(0);
        context.addListener(new Gone());
        var stream = new EventStream(context, out, terms);
        streams.add(stream);
        Thread.ofVirtual().name("events").start(() -> run(stream));
        if (!running) {
            stream.close();
        }
        return stream;
    }

    /** A connection whose client has its answer would wait for the end of a stream it can't see. */
    private static void checkMethod(HttpServletRequest request, HttpServletResponse response) {
        if (request.getMethod().equals("HEAD")) {
            response.setHeader("Allow", "GET");
            throw new Refused(
                    Problem.refused(405, "Method Not Allowed", "A stream is read with GET."));
        }
    }

    private void admit(String owner) {
        if (!running || streams.size() >= MOST) {
            throw new Refused(
                    Problem.unavailable("No more event streams can be opened; try again later."));
        }
        if (streams.stream().filter(stream -> stream.owner().equals(owner)).count()
                >= MOST_OF_ONE) {
            throw new Refused(
                    Problem.throttled(
                            "At most " + MOST_OF_ONE + " event streams may be open; close some."));
        }
    }

    private void run(EventStream stream) {
        try {
            stream.write(this::goesOn);
        } finally {
            streams.remove(stream);
            if (stream.overflown()) {
                metrics.counter("apihub_billing_event_streams_overflown").increment();
            }
        }
    }

    /** What can't be asked about now, stays until the next heartbeat. */
    private boolean goesOn(StreamTerms terms) {
        try {
            questions.acquire();
            try {
                return terms.stillThere().getAsBoolean();
            } finally {
                questions.release();
            }
        } catch (InterruptedException e) {
            return false;
        } catch (RuntimeException e) {
            LOG.debug("can't tell whether a stream goes on", e);
            return true;
        }
    }

    /** One heartbeat of all streams; each asks then whether there is still what it tells of. */
    @Scheduled(fixedRate = 15_000)
    public void beat() {
        streams.forEach(EventStream::beat);
    }

    /** Ends the streams of those who may not read them any more; one question for all of them. */
    @Scheduled(fixedRate = 1_000)
    void look() {
        // A slow answer must not have the next questions pile up behind it.
        if (!streams.isEmpty() && looking.compareAndSet(false, true)) {
            try {
                var lost =
                        standing.lost(
                                streams.stream()
                                        .map(EventStream::seat)
                                        .collect(Collectors.toSet()));
                streams.stream()
                        .filter(stream -> lost.contains(stream.seat()))
                        .forEach(EventStream::close);
            } finally {
                looking.set(false);
            }
        }
    }

    /** How many are open. */
    public int size() {
        return streams.size();
    }

    @Override
    public void start() {
        running = true;
    }

    /** Ends all streams, so that the web server need not wait for them. */
    @Override
    public void stop() {
        running = false;
        streams.forEach(EventStream::close);
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
