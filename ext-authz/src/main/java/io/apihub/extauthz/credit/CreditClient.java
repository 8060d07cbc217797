package io.apihub.extauthz.credit;

import com.google.protobuf.ByteString;
import io.apihub.credit.v1.Account;
import io.apihub.credit.v1.Closed;
import io.apihub.credit.v1.CreditServiceGrpc;
import io.apihub.credit.v1.GrantRequest;
import io.apihub.credit.v1.GrantResult;
import io.apihub.credit.v1.Hello;
import io.apihub.credit.v1.Lease;
import io.apihub.credit.v1.OpenRequest;
import io.apihub.credit.v1.OpenResponse;
import io.apihub.credit.v1.Ping;
import io.apihub.credit.v1.Refusal;
import io.apihub.credit.v1.Return;
import io.apihub.credit.v1.ReturnedLease;
import io.apihub.credit.v1.Subject;
import io.apihub.credit.v1.Want;
import io.apihub.extauthz.channel.Outage;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code Credit} stream to billing. Whatever is not answered is said again on the next stream:
 * what is given back first, then requests for money in their order. Thread safe; never blocks.
 */
final class CreditClient implements CreditLink {

    private static final Logger LOG = LoggerFactory.getLogger(CreditClient.class);

    /** What billing says unasked. */
    interface Events {
        void recalled(long leaseId);

        void closed(ByteString incarnation);
    }

    /** A request for money and how often its first sending lies back. */
    private static final class Ask {
        private final GrantRequest request;
        private final Consumer<GrantAnswer> done;
        private long sentNanos;
        private boolean sent;

        Ask(GrantRequest request, Consumer<GrantAnswer> done) {
            this.request = request;
            this.done = done;
        }
    }

    private final ManagedChannel channel;
    private final Supplier<Hello> hello;
    private final Events events;
    private final LongSupplier nanoTime;
    private final int deadlineMillis;
    private final TreeMap<Long, Ask> asks = new TreeMap<>();
    private final TreeMap<Long, Long> returns = new TreeMap<>();
    private final Set<ByteString> closing = new HashSet<>();
    private long lastSeq;
    private @Nullable Answers stream;
    private boolean welcome;
    private final Outage outage;

    /**
     * A client that does nothing until its first {@link #tick}.
     *
     * @param hello says who this is, anew for each stream
     */
    CreditClient(
            ManagedChannel channel,
            Supplier<Hello> hello,
            Duration deadline,
            Events events,
            LongSupplier nanoTime) {
        this.channel = channel;
        this.hello = hello;
        this.deadlineMillis = (int) deadline.toMillis();
        this.events = events;
        this.nanoTime = nanoTime;
        this.outage = new Outage(LOG, "billing (credit)", nanoTime);
    }

    /** Connects if there is no stream. To be called a few times a second. */
    synchronized void tick() {
        if (stream == null) {
            channel.resetConnectBackoff();
            stream = new Answers();
            stream.open();
        }
    }

    /** Says that this side lives. To be called every 10 s. */
    synchronized void ping() {
        send(OpenRequest.newBuilder().setPing(Ping.getDefaultInstance()));
    }

    synchronized boolean isConnected() {
        return welcome;
    }

    @Override
    public synchronized void ask(
            ByteString tenantId, long needed, long wished, Consumer<GrantAnswer> done) {
        var subject = Subject.newBuilder().setAccount(Account.newBuilder().setTenantId(tenantId));
        var ask =
                new Ask(
                        GrantRequest.newBuilder()
                                .setSeq(++lastSeq)
                                .setDeadlineMillis(deadlineMillis)
                                .addWants(
                                        Want.newBuilder()
                                                .setSubject(subject)
                                                .setNeeded(needed)
                                                .setWished(wished))
                                .build(),
                        done);
        asks.put(lastSeq, ask);
        send(ask);
    }

    private void send(Ask ask) {
        if (welcome && !ask.sent) {
            ask.sent = true;
            ask.sentNanos = nanoTime.getAsLong();
        }
        send(OpenRequest.newBuilder().setGrant(ask.request));
    }

    @Override
    public synchronized void giveBack(long leaseId, long returnedTotal) {
        returns.merge(leaseId, returnedTotal, Math::max);
        sendReturn(leaseId);
    }

    private void sendReturn(long leaseId) {
        var lease =
                ReturnedLease.newBuilder()
                        .setLeaseId(leaseId)
                        .setReturnedTotal(returns.getOrDefault(leaseId, 0L))
                        .setClosing(true);
        if (welcome && stream != null) {
            stream.sentReturn(leaseId);
            stream.send(
                    OpenRequest.newBuilder()
                            .setReturned(Return.newBuilder().addLeases(lease))
                            .build());
        }
    }

    /** Says that nothing more will come of an incarnation; repeated until billing has closed it. */
    synchronized void close(ByteString incarnation) {
        if (closing.add(incarnation)) {
            sendClosed(incarnation);
        }
    }

    private void sendClosed(ByteString incarnation) {
        send(OpenRequest.newBuilder().setClosed(Closed.newBuilder().setIncarnation(incarnation)));
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

    private synchronized void welcomed(Answers from) {
        if (from != stream) {
            return;
        }
        welcome = true;
        outage.over();
        returns.keySet().forEach(this::sendReturn);
        closing.forEach(this::sendClosed);
        asks.values().forEach(this::send);
    }

    private synchronized void ended(Answers from, Throwable cause) {
        if (from != stream) {
            return;
        }
        stream = null;
        welcome = false;
        outage.failed(cause);
    }

    private void answered(GrantResult result) {
        Ask ask;
        synchronized (this) {
            ask = asks.remove(result.getSeq());
        }
        if (ask != null) {
            ask.done.accept(answerOf(ask, result));
        }
    }

    private static GrantAnswer answerOf(Ask ask, GrantResult result) {
        if (result.getLeasesCount() > 0) {
            Lease lease = result.getLeases(0);
            return new GrantAnswer.Granted(
                    lease.getLeaseId(), lease.getGranted(), ask.sentNanos, lease.getTtlMillis());
        }
        if (result.getRefusalsCount() == 0) {
            return new GrantAnswer.Unanswered("billing said nothing");
        }
        Refusal refusal = result.getRefusals(0);
        long available = Math.max(0, refusal.getAvailable());
        return switch (refusal.getReason()) {
            case REASON_EXHAUSTED -> new GrantAnswer.Refused(available, false);
            case REASON_UNKNOWN -> new GrantAnswer.Refused(0, false);
            case REASON_LEASED_ELSEWHERE -> new GrantAnswer.Refused(available, true);
            case REASON_NOT_GRANTING, REASON_UNSPECIFIED, UNRECOGNIZED ->
                    new GrantAnswer.Unanswered("billing grants nothing: " + refusal.getReason());
        };
    }

    private synchronized void returned(Iterable<Long> leaseIds, Answers from) {
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

    /** One stream, and what billing says on it. */
    private final class Answers implements StreamObserver<OpenResponse> {

        private final Map<Long, Integer> unacked = new HashMap<>();
        private @Nullable StreamObserver<OpenRequest> requests;

        void open() {
            requests = CreditServiceGrpc.newStub(channel).open(this);
            requests.onNext(OpenRequest.newBuilder().setHello(hello.get()).build());
        }

        void send(OpenRequest message) {
            if (requests != null) {
                requests.onNext(message);
            }
        }

        void complete() {
            if (requests != null) {
                requests.onCompleted();
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
        public void onNext(OpenResponse response) {
            switch (response.getMessageCase()) {
                case WELCOME -> welcomed(this);
                case RESULT -> answered(response.getResult());
                case RECALL -> response.getRecall().getLeaseIdsList().forEach(events::recalled);
                case RETURN_ACK -> returned(response.getReturnAck().getLeaseIdsList(), this);
                case CLOSED_ACK -> closed(response.getClosedAck().getIncarnation());
                case PONG, MESSAGE_NOT_SET -> {}
            }
        }

        @Override
        public void onError(Throwable cause) {
            ended(this, cause);
        }

        @Override
        public void onCompleted() {
            ended(this, Status.UNAVAILABLE.withDescription("billing hung up").asException());
        }
    }
}
