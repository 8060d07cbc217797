package io.apihub.billing.budget;

import io.apihub.billing.budget.CreditQueue.Work;
import io.apihub.billing.grpc.WireIds;
import io.apihub.credit.v1.Closed;
import io.apihub.credit.v1.ClosedAck;
import io.apihub.credit.v1.GrantRequest;
import io.apihub.credit.v1.Hello;
import io.apihub.credit.v1.OpenRequest;
import io.apihub.credit.v1.OpenResponse;
import io.apihub.credit.v1.Pong;
import io.apihub.credit.v1.Refusal;
import io.apihub.credit.v1.Return;
import io.apihub.credit.v1.ReturnAck;
import io.apihub.credit.v1.ReturnedLease;
import io.apihub.credit.v1.Welcome;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One gateway's stream. Messages are done in their order; answers may come from other threads. */
final class CreditStream implements StreamObserver<OpenRequest> {

    private static final Logger LOG = LoggerFactory.getLogger(CreditStream.class);

    /** For a gateway that names no deadline. */
    private static final Duration DEADLINE = Duration.ofSeconds(1);

    private final CreditService.Parts parts;
    private final StreamObserver<OpenResponse> responses;
    private final Consumer<OpenResponse> self = this::send;
    private @Nullable UUID incarnation;
    private boolean ended;

    CreditStream(CreditService.Parts parts, StreamObserver<OpenResponse> responses) {
        this.parts = parts;
        this.responses = responses;
    }

    @Override
    public void onNext(OpenRequest request) {
        try {
            var known = incarnation;
            if (request.hasHello()) {
                hello(request.getHello());
            } else if (known == null) {
                fail(Status.FAILED_PRECONDITION.withDescription("the first message is Hello"));
            } else {
                accept(known, request);
            }
        } catch (IllegalArgumentException e) {
            fail(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
        }
    }

    private void accept(UUID known, OpenRequest request) {
        switch (request.getMessageCase()) {
            case GRANT -> grant(known, request.getGrant());
            case RETURNED -> inTurn(() -> giveBack(request.getReturned()));
            case CLOSED -> {
                var closed = WireIds.uuid("incarnation", request.getClosed().getIncarnation());
                inTurn(() -> close(closed, request.getClosed()));
            }
            case PING -> inTurn(this::pong);
            case HELLO, MESSAGE_NOT_SET ->
                    fail(Status.INVALID_ARGUMENT.withDescription("an empty message"));
        }
    }

    private void hello(Hello hello) {
        var id = WireIds.uuid("incarnation", hello.getIncarnation());
        var found =
                hello.getFoundList().stream()
                        .map(inventory -> WireIds.uuid("found", inventory.getIncarnation()))
                        .filter(other -> !other.equals(id))
                        .toList();
        incarnation = id;
        inTurn(() -> {
            parts.incarnations().hello(id, hello.getGateway());
            found.forEach(other -> parts.incarnations().park(other, hello.getGateway()));
            parts.streams().opened(id, self);
            LOG.info("gateway {} opened, incarnation {}", hello.getGateway(), id);
            send(OpenResponse.newBuilder().setWelcome(welcome()).build());
        });
    }

    private Welcome welcome() {
        var state = parts.database().read();
        return Welcome.newBuilder()
                .setTimeMillis(state.timeMillis())
                .setTimeline(state.timeline())
                .setDatabase(state.systemIdentifier())
                .build();
    }

    private void grant(UUID known, GrantRequest request) {
        var ask = CreditMessages.ask(known, request);
        if (ask.isEmpty()) {
            send(CreditMessages.refusal(request, Refusal.Reason.REASON_UNKNOWN));
            return;
        }
        if (!parts.durability().granting()) {
            send(CreditMessages.refusal(request, Refusal.Reason.REASON_NOT_GRANTING));
            return;
        }
        var patience =
                request.getDeadlineMillis() > 0
                        ? Duration.ofMillis(request.getDeadlineMillis())
                        : DEADLINE;
        boolean queued =
                parts.queue()
                        .add(
                                new Work.Grant(
                                        ask.get(),
                                        System.nanoTime() + patience.toNanos(),
                                        answer -> answered(known, ask.get(), request, answer)));
        if (!queued) {
            send(CreditMessages.refusal(request, Refusal.Reason.REASON_NOT_GRANTING));
        }
    }

    private void answered(UUID known, Ask ask, GrantRequest request, Answer answer) {
        send(CreditMessages.result(request, answer));
        if (answer instanceof Answer.Refused refused) {
            refused.refusals().stream()
                    .filter(refusal -> refusal.reason() == Answer.Reason.LEASED_ELSEWHERE)
                    .map(refusal -> ask.wants().get(refusal.ordinal()).tenantId())
                    .forEach(tenant ->
                            parts.streams().recall(parts.leases().recallable(tenant, known)));
        }
    }

    private void giveBack(Return returned) {
        parts.leases()
                .giveBack(
                        returned.getLeasesList().stream()
                                .map(lease ->
                                        new Leases.GivenBack(
                                                lease.getLeaseId(),
                                                lease.getReturnedTotal(),
                                                lease.getClosing()))
                                .toList());
        send(
                OpenResponse.newBuilder()
                        .setReturnAck(
                                ReturnAck.newBuilder()
                                        .addAllLeaseIds(
                                                returned.getLeasesList().stream()
                                                        .map(ReturnedLease::getLeaseId)
                                                        .toList()))
                        .build());
    }

    private void close(UUID closed, Closed message) {
        parts.leases().close(closed);
        LOG.info("incarnation {} closed: its leases came back", closed);
        send(
                OpenResponse.newBuilder()
                        .setClosedAck(
                                ClosedAck.newBuilder().setIncarnation(message.getIncarnation()))
                        .build());
    }

    private void pong() {
        var state = parts.database().read();
        send(
                OpenResponse.newBuilder()
                        .setPong(
                                Pong.newBuilder()
                                        .setTimeMillis(state.timeMillis())
                                        .setTimeline(state.timeline()))
                        .build());
    }

    /** A failure ends the stream: on the next one the gateway repeats what was not answered. */
    private void inTurn(Runnable task) {
        boolean queued =
                parts.queue()
                        .add(
                                new Work.Other(() -> {
                                    try {
                                        task.run();
                                    } catch (RuntimeException e) {
                                        LOG.warn("credit stream ends: {}", e.toString());
                                        fail(Status.UNAVAILABLE.withCause(e));
                                    }
                                }));
        if (!queued) {
            fail(Status.RESOURCE_EXHAUSTED.withDescription("too much is waiting"));
        }
    }

    private synchronized void send(OpenResponse response) {
        if (!ended) {
            responses.onNext(response);
        }
    }

    private void fail(Status status) {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            responses.onError(status.asRuntimeException());
        }
        forget();
    }

    @Override
    public void onError(Throwable failure) {
        synchronized (this) {
            ended = true;
        }
        forget();
    }

    @Override
    public void onCompleted() {
        // In turn: the acknowledgement of Closed comes before the end.
        inTurn(() -> {
            synchronized (this) {
                if (!ended) {
                    ended = true;
                    responses.onCompleted();
                }
            }
            forget();
        });
    }

    private void forget() {
        var known = incarnation;
        if (known != null) {
            parts.streams().closed(known, self);
        }
    }
}
