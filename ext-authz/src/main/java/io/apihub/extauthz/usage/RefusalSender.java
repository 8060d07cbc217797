package io.apihub.extauthz.usage;

import io.apihub.extauthz.channel.Outage;
import io.apihub.extauthz.refusal.RefusalSums;
import io.apihub.usage.v1.Hello;
import io.apihub.usage.v1.Refusals;
import io.apihub.usage.v1.ReportRequest;
import io.apihub.usage.v1.ReportResponse;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends sums of refusals to billing, one message at a time, on a stream of its own: what is only
 * statistics must not hold up what is money. A message is repeated until it is acknowledged. Thread
 * safe; never blocks.
 */
public final class RefusalSender {

    private static final Logger LOG = LoggerFactory.getLogger(RefusalSender.class);

    private static final int BATCH = 1000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final RefusalSums sums;
    private final UsageTransport transport;
    private final Hello hello;
    private final LongSupplier nanoTime;
    private final Outage outage;
    private @Nullable Stream stream;
    private @Nullable Refusals unanswered;
    private long seq;
    private long sentAt;

    /**
     * A sender that does nothing until its first {@link #tick}.
     *
     * @param nanoTime monotonic
     */
    public RefusalSender(
            RefusalSums sums, UsageTransport transport, Hello hello, LongSupplier nanoTime) {
        this.sums = sums;
        this.transport = transport;
        this.hello = hello;
        this.nanoTime = nanoTime;
        this.outage = new Outage(LOG, "billing (refusals)", nanoTime);
    }

    /** Sends what there is, if nothing is unanswered. To be called every few seconds. */
    public synchronized void tick() {
        var waiting = unanswered;
        long now = nanoTime.getAsLong();
        if (waiting != null && stream != null) {
            if (now - sentAt > PATIENCE.toNanos()) {
                stream.call.cancel("billing did not acknowledge in time");
            }
            return;
        }
        if (waiting == null) {
            var counts = sums.take(BATCH);
            if (counts.isEmpty()) {
                return;
            }
            waiting = Refusals.newBuilder().setSeq(++seq).addAllCounts(counts).build();
            unanswered = waiting;
        }
        send(waiting, now);
    }

    private void send(Refusals refusals, long now) {
        var open = stream;
        if (open == null) {
            open = new Stream();
            stream = open;
            open.call.send(ReportRequest.newBuilder().setHello(hello).build());
        }
        sentAt = now;
        open.call.send(ReportRequest.newBuilder().setRefusals(refusals).build());
    }

    private synchronized void acked(Stream from, long number) {
        var waiting = unanswered;
        if (from == stream && waiting != null && waiting.getSeq() == number) {
            unanswered = null;
            outage.over();
        }
    }

    private synchronized void ended(Stream from, Throwable cause) {
        if (from == stream) {
            stream = null;
            outage.failed(cause);
        }
    }

    /** Hangs up. */
    public synchronized void stop() {
        if (stream != null) {
            stream.call.complete();
        }
    }

    private final class Stream implements UsageTransport.Answers {

        private final UsageTransport.Call call = transport.open(this);

        @Override
        public void answered(ReportResponse response) {
            if (response.hasRefusalsAck()) {
                acked(this, response.getRefusalsAck().getSeq());
            }
        }

        @Override
        public void ended(Throwable cause) {
            RefusalSender.this.ended(this, cause);
        }
    }
}
