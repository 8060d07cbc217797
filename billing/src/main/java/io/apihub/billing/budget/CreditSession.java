package io.apihub.billing.budget;

import io.apihub.billing.grpc.WireIds;
import io.apihub.billing.stream.Outbox;
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
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One gateway's stream. Messages are done in their order; answers may come from other threads. */
public final class CreditSession {

    private static final Logger LOG = LoggerFactory.getLogger(CreditSession.class);

    /** For a gateway that names no deadline. */
    private static final Duration DEADLINE = Duration.ofSeconds(1);

    private final CreditOffice office;
    private final Outbox<OpenResponse> outbox;
    private @Nullable UUID incarnation;
    private boolean ended;

    CreditSession(CreditOffice office, Outbox<OpenResponse> outbox) {
        this.office = office;
        this.outbox = outbox;
    }

    /** Takes one message. */
    public void receive(OpenRequest request) {
        try {
            var known = incarnation;
            if (request.hasHello()) {
                hello(request.getHello());
            } else if (known == null) {
                fail(Outbox.Failure.NO_HELLO, "the first message is Hello");
            } else {
                accept(known, request);
            }
        } catch (IllegalArgumentException e) {
            fail(Outbox.Failure.INVALID, String.valueOf(e.getMessage()));
        }
    }

    private void accept(UUID known, OpenRequest request) {
        switch (request.getMessageCase()) {
            case GRANT -> grant(known, request.getGrant());
            case RETURNED -> {
                var back = CreditMessages.returned(request.getReturned());
                inTurn(() -> {
                    office.leases().giveBack(back, request.getReturned().getTimeline());
                    acknowledge(request.getReturned());
                });
            }
            case CLOSED -> {
                var closed = WireIds.uuid("incarnation", request.getClosed().getIncarnation());
                inTurn(() -> close(closed, request.getClosed()));
            }
            case FOUND -> {
                var found = CreditMessages.found(request.getFound());
                inTurn(() -> office.leases().keep(found, request.getFound().getTimeline()));
            }
            case PING -> inTurn(() -> pong(known));
            case HELLO, MESSAGE_NOT_SET -> fail(Outbox.Failure.INVALID, "an empty message");
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
            office.store().hello(id, hello.getGateway());
            found.forEach(other -> office.store().park(other, hello.getGateway()));
            office.streams().opened(id, this);
            if (hasEnded()) {
                forget();
            }
            LOG.info("gateway {} opened, incarnation {}", hello.getGateway(), id);
            send(OpenResponse.newBuilder().setWelcome(welcome()).build());
            // What was asked for on an earlier stream may not have arrived.
            office.streams().recall(id, office.store().recalled(id));
        });
    }

    private Welcome welcome() {
        var reading = office.store().reading();
        return Welcome.newBuilder()
                .setTimeMillis(reading.timeMillis())
                .setTimeline(reading.timeline())
                .setDatabase(reading.database())
                .build();
    }

    private void grant(UUID known, GrantRequest request) {
        Ask ask;
        try {
            ask = CreditMessages.ask(known, request);
        } catch (IllegalArgumentException e) {
            LOG.warn("a grant request of {} can't be read: {}", known, e.getMessage());
            send(CreditMessages.refusal(request, Refusal.Reason.REASON_UNKNOWN));
            return;
        }
        if (!office.isGranting()) {
            send(CreditMessages.refusal(request, Refusal.Reason.REASON_NOT_GRANTING));
            return;
        }
        var patience =
                request.getDeadlineMillis() > 0
                        ? Duration.ofMillis(request.getDeadlineMillis())
                        : DEADLINE;
        boolean queued =
                office.line()
                        .add(
                                new CreditWork.Grant(
                                        ask,
                                        office.nanos() + patience.toNanos(),
                                        answer -> answered(request, answer)));
        if (!queued) {
            send(CreditMessages.refusal(request, Refusal.Reason.REASON_NOT_GRANTING));
        }
    }

    private void answered(GrantRequest request, Answer answer) {
        send(CreditMessages.result(request, answer));
        if (answer instanceof Answer.Refused refused && !refused.recalls().isEmpty()) {
            office.recall(refused.recalls());
        }
    }

    private void acknowledge(Return returned) {
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
        if (message.getIncomplete()) {
            LOG.warn(
                    "incarnation {} ended with its machine: what it leased stays counted for 24 h",
                    closed);
        } else if (office.leases().close(closed, message.getTimeline())) {
            LOG.info("incarnation {} closed: its leases came back", closed);
        } else {
            LOG.warn("incarnation {} is to be closed of another timeline: not done", closed);
            return;
        }
        send(
                OpenResponse.newBuilder()
                        .setClosedAck(
                                ClosedAck.newBuilder().setIncarnation(message.getIncarnation()))
                        .build());
    }

    /** The sign of life is committed before the gateway may count on it. */
    private void pong(UUID known) {
        boolean alive = office.store().seen(known);
        var reading = office.store().reading();
        send(
                OpenResponse.newBuilder()
                        .setPong(
                                Pong.newBuilder()
                                        .setTimeMillis(reading.timeMillis())
                                        .setTimeline(reading.timeline())
                                        .setTtlMillis(alive ? CreditMessages.TTL_MILLIS : 0))
                        .build());
    }

    /** A failure ends the stream: on the next one the gateway repeats what was not answered. */
    private void inTurn(Runnable task) {
        boolean queued =
                office.line()
                        .add(
                                new CreditWork.Other(() -> {
                                    try {
                                        task.run();
                                    } catch (RuntimeException e) {
                                        LOG.warn("credit stream ends: {}", e.toString());
                                        fail(Outbox.Failure.UNAVAILABLE, "the store failed");
                                    }
                                }));
        if (!queued) {
            fail(Outbox.Failure.BUSY, "too much is waiting");
        }
    }

    synchronized void send(OpenResponse response) {
        if (!ended) {
            outbox.send(response);
        }
    }

    private void fail(Outbox.Failure failure, String why) {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            outbox.fail(failure, why);
        }
        forget();
    }

    /** The connection is gone. */
    public void broken() {
        synchronized (this) {
            ended = true;
        }
        forget();
    }

    /** The gateway says nothing more. In turn: the acknowledgement of Closed comes before it. */
    public void complete() {
        inTurn(() -> {
            synchronized (this) {
                if (!ended) {
                    ended = true;
                    outbox.complete();
                }
            }
            forget();
        });
    }

    private synchronized boolean hasEnded() {
        return ended;
    }

    private void forget() {
        var known = incarnation;
        if (known != null) {
            office.streams().closed(known, this);
        }
    }
}
