package io.apihub.extauthz.usage;

import io.apihub.extauthz.channel.Outage;
import io.apihub.extauthz.journal.Position;
import io.apihub.extauthz.journal.UsageJournal;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Ack;
import io.apihub.usage.v1.Batch;
import io.apihub.usage.v1.Hello;
import io.apihub.usage.v1.RejectedRecord;
import io.apihub.usage.v1.ReportRequest;
import io.apihub.usage.v1.ReportResponse;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends settlements from the journal to billing, in their order, until each is acknowledged. After
 * a broken stream it begins again at the first that is not. Thread safe; never blocks.
 */
public final class UsageSender {

    private static final Logger LOG = LoggerFactory.getLogger(UsageSender.class);

    private static final int BATCH = 1000;
    private static final int UNANSWERED = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A batch on its way, and the place in the journal behind it. */
    private static final class Sent {
        private final long seq;
        private final Position next;
        private boolean acked;

        Sent(long seq, Position next) {
            this.seq = seq;
            this.next = next;
        }
    }

    private final UsageJournal journal;
    private final UsageTransport transport;
    private final Hello hello;
    private final LongSupplier nanoTime;
    private final Counter acked;
    private final Counter rejected;
    private final Deque<Sent> unanswered = new ArrayDeque<>();
    private @Nullable Stream stream;
    private Position cursor;
    private long lastHeard;
    private long rewinds;
    private final Outage outage;

    /**
     * A sender that does nothing until its first {@link #tick}.
     *
     * @param gateway the id of this gateway
     * @param nanoTime monotonic
     */
    public UsageSender(
            UsageJournal journal,
            UsageTransport transport,
            String gateway,
            LongSupplier nanoTime,
            MeterRegistry meters) {
        this.journal = journal;
        this.transport = transport;
        this.hello =
                Hello.newBuilder()
                        .setGateway(gateway)
                        .setIncarnation(journal.incarnation().bytes())
                        .build();
        this.nanoTime = nanoTime;
        this.outage = new Outage(LOG, "billing (usage)", nanoTime);
        this.cursor = journal.unacked();
        this.acked = meters.counter("apihub.extauthz.usage.acked");
        this.rejected = meters.counter("apihub.extauthz.usage.rejected");
    }

    /** Connects if need be and sends what is new. To be called about every 50 ms. */
    public synchronized void tick() {
        long now = nanoTime.getAsLong();
        if (stream == null) {
            connect(now);
        } else if (isRewound()) {
            LOG.warn("billing's database was failed over: all that is kept is sent again");
            stream.cancel("the timeline changed");
            return;
        } else if (!unanswered.isEmpty() && now - lastHeard > PATIENCE.toNanos()) {
            stream.cancel("billing did not acknowledge in time");
            return;
        }
        pump();
    }

    private boolean isRewound() {
        return journal.rewinds() != rewinds;
    }

    private void connect(long now) {
        unanswered.clear();
        rewinds = journal.rewinds();
        cursor = journal.unacked();
        lastHeard = now;
        stream = new Stream();
        stream.open();
    }

    private void pump() {
        while (stream != null && unanswered.size() < UNANSWERED) {
            var settled = journal.read(cursor, BATCH);
            cursor = settled.next();
            if (settled.records().isEmpty()) {
                if (unanswered.isEmpty()) {
                    journal.acked(cursor, rewinds);
                }
                return;
            }
            if (unanswered.isEmpty()) {
                lastHeard = nanoTime.getAsLong();
            }
            long seq = stream.nextSeq();
            unanswered.add(new Sent(seq, cursor));
            var batch = Batch.newBuilder().setSeq(seq).addAllRecords(settled.records());
            stream.send(ReportRequest.newBuilder().setBatch(batch).build());
        }
    }

    /** Whether billing has all that was settled. */
    public synchronized boolean isDone() {
        return unanswered.isEmpty() && journal.read(journal.unacked(), 1).records().isEmpty();
    }

    private synchronized void acked(Stream from, Ack ack) {
        if (from != stream) {
            return;
        }
        outage.over();
        lastHeard = nanoTime.getAsLong();
        journal.timeline(ack.getTimeline());
        if (isRewound()) {
            from.cancel("the timeline changed");
            return;
        }
        ack.getRejectedList().forEach(this::rejected);
        for (var sent : unanswered) {
            sent.acked |= sent.seq == ack.getSeq();
        }
        while (!unanswered.isEmpty() && unanswered.getFirst().acked) {
            journal.acked(unanswered.removeFirst().next, rewinds);
            acked.increment();
        }
        pump();
    }

    private void rejected(RejectedRecord refused) {
        rejected.increment();
        LOG.error(
                "billing rejected the usage of {}: {}",
                HoldId.ofBytes(refused.getHoldId().toByteArray()),
                refused.getReason());
    }

    private synchronized void ended(Stream from, Throwable cause) {
        if (from != stream) {
            return;
        }
        stream = null;
        outage.failed(cause);
    }

    /** Hangs up. */
    public synchronized void stop() {
        if (stream != null) {
            stream.complete();
        }
    }

    /** One stream to billing. */
    private final class Stream implements UsageTransport.Answers {

        private UsageTransport.@Nullable Call call;
        private long seq;

        void open() {
            call = transport.open(this);
            send(ReportRequest.newBuilder().setHello(hello).build());
        }

        long nextSeq() {
            return ++seq;
        }

        void send(ReportRequest request) {
            if (call != null) {
                call.send(request);
            }
        }

        void cancel(String why) {
            if (call != null) {
                call.cancel(why);
            }
        }

        void complete() {
            if (call != null) {
                call.complete();
            }
        }

        @Override
        public void answered(ReportResponse response) {
            if (response.hasAck()) {
                acked(this, response.getAck());
            }
        }

        @Override
        public void ended(Throwable cause) {
            UsageSender.this.ended(this, cause);
        }
    }
}
