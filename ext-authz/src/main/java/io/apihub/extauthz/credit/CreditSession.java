package io.apihub.extauthz.credit;

import com.google.protobuf.ByteString;
import io.apihub.credit.v1.Closed;
import io.apihub.credit.v1.Found;
import io.apihub.credit.v1.GrantRequest;
import io.apihub.credit.v1.GrantResult;
import io.apihub.credit.v1.Hello;
import io.apihub.credit.v1.OpenRequest;
import io.apihub.credit.v1.OpenResponse;
import io.apihub.credit.v1.Ping;
import io.apihub.credit.v1.Pong;
import io.apihub.credit.v1.Return;
import io.apihub.credit.v1.ReturnedLease;
import io.apihub.credit.v1.Want;
import io.apihub.extauthz.channel.Outage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is said to billing. Whatever is not answered is said again on the next stream: what is given
 * back first, then what was found of earlier incarnations, then requests in their order. Thread
 * safe; never blocks.
 */
final class CreditSession implements CreditLink {

    private static final Logger LOG = LoggerFactory.getLogger(CreditSession.class);

    /** What billing says unasked. Called without any lock. */
    interface Events {
        void recalled(long leaseId);

        void closed(ByteString incarnation);

        void renewed(BillingTime at, long ttlMillis);

        /** What timeline billing's database is on. */
        void timeline(long number);

        /** A stream is open; leases are asked for once it is said what was found. */
        void welcomed();
    }

    /** A request and when it was sent first. */
    private static final class Ask {
        private final GrantRequest request;
        private final Consumer<GrantAnswer> done;
        private long sentNanos;
        private boolean sent;
        private boolean answered;

        Ask(GrantRequest request, Consumer<GrantAnswer> done) {
            this.request = request;
            this.done = done;
        }
    }

    private final CreditTransport transport;
    private final Supplier<Hello> hello;
    private final Events events;
    private final LongSupplier nanoTime;
    private final int deadlineMillis;
    private final TreeMap<Long, Ask> asks = new TreeMap<>();
    private final TreeMap<Long, ReturnedLease> returns = new TreeMap<>();
    private final Map<ByteString, Closed> closing = new HashMap<>();
    private long lastSeq;
    private @Nullable Stream stream;
    private boolean welcome;
    private boolean mayAsk;
    private long welcomedAt;
    private final Outage outage;
    private volatile BillingTime clock = new BillingTime(0, 0, 0);

    /**
     * A session that does nothing until its first {@link #tick}.
     *
     * @param hello says who this is, anew for each stream
     */
    CreditSession(
            CreditTransport transport,
            Supplier<Hello> hello,
            Duration deadline,
            Events events,
            LongSupplier nanoTime) {
        this.transport = transport;
        this.hello = hello;
        this.deadlineMillis = (int) deadline.toMillis();
        this.events = events;
        this.nanoTime = nanoTime;
        this.outage = new Outage(LOG, "billing (credit)", nanoTime);
    }

    /** Connects if there is no stream. To be called a few times a second. */
    synchronized void tick() {
        if (stream == null) {
            var opened = new Stream();
            stream = opened;
            opened.open();
        }
        if (welcome && nanoTime.getAsLong() - welcomedAt >= patienceForFound()) {
            askNow();
        }
    }

    /** A disk that is slow shall not use up the whole time that requests wait. */
    private long patienceForFound() {
        return deadlineMillis * 500_000L;
    }

    /** Says that this side lives, and renews its leases. To be called every 10 s. */
    synchronized void ping() {
        if (welcome && stream != null) {
            stream.pings.add(nanoTime.getAsLong());
        }
        send(OpenRequest.newBuilder().setPing(Ping.getDefaultInstance()));
    }

    synchronized boolean isConnected() {
        return welcome;
    }

    @Override
    public synchronized void ask(List<Want> wants, Consumer<GrantAnswer> done) {
        var request =
                GrantRequest.newBuilder()
                        .setSeq(++lastSeq)
                        .setDeadlineMillis(deadlineMillis)
                        .addAllWants(wants)
                        .build();
        var ask = new Ask(request, done);
        asks.put(lastSeq, ask);
        send(ask);
    }

    private void send(Ask ask) {
        if (!mayAsk || ask.answered) {
            return;
        }
        if (!ask.sent) {
            ask.sent = true;
            ask.sentNanos = nanoTime.getAsLong();
        }
        send(OpenRequest.newBuilder().setGrant(ask.request));
    }

    @Override
    public synchronized void giveBack(ReturnedLease lease) {
        var last =
                returns.merge(
                        lease.getLeaseId(),
                        lease,
                        (a, b) -> a.getReturnedTotal() > b.getReturnedTotal() ? a : b);
        sendReturn(last);
    }

    /** The number of the last request. */
    synchronized long lastAsked() {
        return lastSeq;
    }

    /** Whether a request up to this number still waits for its answer, or for what it brought. */
    synchronized boolean awaits(long seq) {
        return !asks.isEmpty() && asks.firstKey() <= seq;
    }

    synchronized boolean isGivingBack(long leaseId) {
        return returns.containsKey(leaseId);
    }

    /** Says something that may be lost with this stream. */
    synchronized void giveBack(Return message) {
        send(OpenRequest.newBuilder().setReturned(message));
    }

    private void sendReturn(ReturnedLease lease) {
        if (welcome && stream != null) {
            stream.sentReturn(lease.getLeaseId());
            send(OpenRequest.newBuilder().setReturned(Return.newBuilder().addLeases(lease)));
        }
    }

    @Override
    public long billingMillis(long nanos) {
        var last = clock;
        return last.millis() == 0 ? 0 : last.millisAt(nanos);
    }

    /**
     * Says that nothing more will come of an incarnation; repeated until billing has noted it.
     *
     * @param whole every hold of it is known, so that its leases can be closed
     * @param timeline of billing's database that has all its records
     */
    synchronized void close(ByteString incarnation, boolean whole, long timeline) {
        var closed =
                Closed.newBuilder()
                        .setIncarnation(incarnation)
                        .setIncomplete(!whole)
                        .setTimeline(timeline)
                        .build();
        if (!closed.equals(closing.put(incarnation, closed))) {
            sendClosed(closed);
        }
    }

    private void sendClosed(Closed closed) {
        send(OpenRequest.newBuilder().setClosed(closed));
    }

    /** Says what is open of earlier incarnations; on this stream or never. */
    synchronized void found(Found found) {
        send(OpenRequest.newBuilder().setFound(found));
        askNow();
    }

    /**
     * Nothing is to be said of earlier incarnations, or not now. Until this or {@link #found}
     * leases are not asked for: what an earlier incarnation does not need may be all that there is.
     */
    synchronized void nothingFound() {
        askNow();
    }

    private void askNow() {
        if (welcome && !mayAsk) {
            mayAsk = true;
            asks.values().forEach(this::send);
        }
    }

    private void send(OpenRequest.Builder message) {
        if (welcome && stream != null) {
            stream.send(message.build());
        }
    }

    /** Ends the stream for good. */
    synchronized void stop() {
        if (stream != null) {
            stream.complete();
        }
    }

    private void welcomed(Stream from) {
        synchronized (this) {
            if (from != stream) {
                return;
            }
            welcome = true;
            welcomedAt = nanoTime.getAsLong();
            outage.over();
            returns.values().forEach(this::sendReturn);
            closing.values().forEach(this::sendClosed);
        }
        events.welcomed();
    }

    private synchronized void ended(Stream from, Throwable cause) {
        if (from != stream) {
            return;
        }
        stream = null;
        welcome = false;
        mayAsk = false;
        // The next stream may tell of a database that lost records: then it is too early.
        closing.clear();
        outage.failed(cause);
    }

    private void answered(GrantResult result) {
        Ask ask;
        synchronized (this) {
            ask = asks.get(result.getSeq());
            if (ask == null || ask.answered) {
                return;
            }
            ask.answered = true;
        }
        var at = new BillingTime(ask.sentNanos, nanoTime.getAsLong(), result.getTimeMillis());
        if (at.millis() > 0) {
            clock = at;
        }
        try {
            ask.done.accept(GrantAnswer.of(result, at));
        } finally {
            synchronized (this) {
                // Not before what was granted is known here: see Strangers.
                asks.remove(result.getSeq());
            }
        }
    }

    private synchronized void returned(Iterable<Long> leaseIds, Stream from) {
        for (long id : leaseIds) {
            if (from.acknowledged(id)) {
                returns.remove(id);
            }
        }
    }

    private void closed(ByteString incarnation) {
        synchronized (this) {
            closing.remove(incarnation);
        }
        events.closed(incarnation);
    }

    private void renewed(Pong pong, Stream from) {
        Long sent;
        synchronized (this) {
            sent = from == stream ? from.pings.poll() : null;
        }
        if (sent != null && pong.getTimeMillis() > 0) {
            clock = new BillingTime(sent, nanoTime.getAsLong(), pong.getTimeMillis());
            events.renewed(clock, pong.getTtlMillis());
        }
    }

    /** One stream, and what billing says on it. */
    private final class Stream implements CreditTransport.Answers {

        private final Map<Long, Integer> unacked = new HashMap<>();
        private final Deque<Long> pings = new ArrayDeque<>();
        private CreditTransport.@Nullable Stream requests;

        void open() {
            var opened = transport.open(this);
            requests = opened;
            opened.send(OpenRequest.newBuilder().setHello(hello.get()).build());
        }

        void send(OpenRequest message) {
            if (requests != null) {
                requests.send(message);
            }
        }

        void complete() {
            if (requests != null) {
                requests.complete();
            }
        }

        void sentReturn(long leaseId) {
            unacked.merge(leaseId, 1, Integer::sum);
        }

        /** Whether the last return of this lease is acknowledged, not only one before it. */
        boolean acknowledged(long leaseId) {
            return unacked.computeIfPresent(leaseId, (_, count) -> count > 1 ? count - 1 : null)
                    == null;
        }

        @Override
        public void said(OpenResponse response) {
            switch (response.getMessageCase()) {
                case WELCOME -> {
                    events.timeline(response.getWelcome().getTimeline());
                    welcomed(this);
                }
                case RESULT -> answered(response.getResult());
                case RECALL -> response.getRecall().getLeaseIdsList().forEach(events::recalled);
                case RETURN_ACK -> returned(response.getReturnAck().getLeaseIdsList(), this);
                case CLOSED_ACK -> closed(response.getClosedAck().getIncarnation());
                case PONG -> {
                    events.timeline(response.getPong().getTimeline());
                    renewed(response.getPong(), this);
                }
                case MESSAGE_NOT_SET -> {}
            }
        }

        @Override
        public void ended(Throwable cause) {
            CreditSession.this.ended(this, cause);
        }
    }
}
