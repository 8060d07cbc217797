package io.apihub.billing.usage;

import io.apihub.billing.grpc.WireIds;
import io.apihub.billing.stream.Outbox;
import io.apihub.usage.v1.Ack;
import io.apihub.usage.v1.Batch;
import io.apihub.usage.v1.Refusals;
import io.apihub.usage.v1.RefusalsAck;
import io.apihub.usage.v1.RejectedRecord;
import io.apihub.usage.v1.ReportRequest;
import io.apihub.usage.v1.ReportResponse;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One gateway's stream of usage. Batches are acknowledged each after its commit, not always in
 * their order; a failure ends the stream, and the gateway sends again what was not acknowledged.
 */
public final class UsageSession {

    private static final Logger LOG = LoggerFactory.getLogger(UsageSession.class);
    private static final int MAX_RECORDS = 1000;

    private final UsageLine line;
    private final Outbox<ReportResponse> outbox;
    private final RefusalSink refusals;
    private @Nullable String gateway;
    private @Nullable UUID incarnation;
    private boolean ended;
    private int unanswered;
    private boolean complete;

    UsageSession(UsageLine line, RefusalSink refusals, Outbox<ReportResponse> outbox) {
        this.line = line;
        this.refusals = refusals;
        this.outbox = outbox;
    }

    /** A stream whose batches are taken in at once, in the caller's thread. */
    public static UsageSession direct(UsageIngest ingest, Outbox<ReportResponse> outbox) {
        return new UsageSession(work -> work.process(ingest), (incarnation, report) -> {}, outbox);
    }

    /** Takes one message. */
    public void receive(ReportRequest request) {
        var known = gateway;
        switch (request.getMessageCase()) {
            case HELLO -> {
                gateway = request.getHello().getGateway();
                var id = request.getHello().getIncarnation();
                incarnation = id.size() == 16 ? WireIds.uuid("incarnation", id) : null;
            }
            case BATCH -> {
                if (known == null) {
                    fail(Outbox.Failure.NO_HELLO, "the first message is Hello");
                } else if (request.getBatch().getRecordsCount() > MAX_RECORDS) {
                    fail(Outbox.Failure.INVALID, "a batch has at most " + MAX_RECORDS + " records");
                } else {
                    line.add(batch(known, request.getBatch()));
                }
            }
            case REFUSALS -> refused(request.getRefusals());
            case MESSAGE_NOT_SET -> fail(Outbox.Failure.INVALID, "an empty message");
        }
    }

    private void refused(Refusals report) {
        var known = incarnation;
        if (known == null) {
            fail(Outbox.Failure.NO_HELLO, "the first message is Hello, with an incarnation");
        } else if (report.getCountsCount() > MAX_RECORDS) {
            fail(Outbox.Failure.INVALID, "a report has at most " + MAX_RECORDS + " counts");
        } else {
            try {
                refusals.take(known, report);
                send(
                        ReportResponse.newBuilder()
                                .setRefusalsAck(RefusalsAck.newBuilder().setSeq(report.getSeq()))
                                .build());
            } catch (RuntimeException e) {
                LOG.warn("usage stream of {} ends: {}", known, e.toString());
                fail(Outbox.Failure.UNAVAILABLE, "the store failed");
            }
        }
    }

    private synchronized UsageWork batch(String known, Batch batch) {
        unanswered++;
        return new UsageWork(
                known,
                batch.getRecordsList(),
                outcome -> acknowledge(ack(batch, outcome)),
                failure -> {
                    LOG.warn("usage stream of {} ends: {}", known, failure.toString());
                    fail(Outbox.Failure.UNAVAILABLE, "the store failed");
                });
    }

    private static Ack ack(Batch batch, UsageIngest.Outcome outcome) {
        var ack = Ack.newBuilder().setSeq(batch.getSeq()).setTimeline(outcome.timeline());
        outcome.rejected()
                .forEach(rejected ->
                        ack.addRejected(
                                RejectedRecord.newBuilder()
                                        .setHoldId(rejected.record().getHold().getHoldId())
                                        .setReason(rejected.reason())));
        return ack.build();
    }

    private synchronized void acknowledge(Ack ack) {
        send(ReportResponse.newBuilder().setAck(ack).build());
        unanswered--;
        endIfAllIsSaid();
    }

    private synchronized void send(ReportResponse response) {
        if (!ended) {
            outbox.send(response);
        }
    }

    private synchronized void fail(Outbox.Failure failure, String why) {
        if (!ended) {
            ended = true;
            outbox.fail(failure, why);
        }
    }

    /** The connection is gone. */
    public synchronized void broken() {
        ended = true;
    }

    /** The gateway says nothing more; what waits is acknowledged first. */
    public synchronized void complete() {
        complete = true;
        endIfAllIsSaid();
    }

    private void endIfAllIsSaid() {
        if (complete && unanswered == 0 && !ended) {
            ended = true;
            outbox.complete();
        }
    }
}
