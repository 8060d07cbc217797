package io.apihub.billing.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.GatewayStream;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.usage.v1.Hello;
import io.apihub.usage.v1.RefusalCount;
import io.apihub.usage.v1.Refusals;
import io.apihub.usage.v1.ReportRequest;
import io.apihub.usage.v1.ReportResponse;
import io.apihub.usage.v1.UsageServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Requests that a gateway refused, told on the wire. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefusalsIT {

    private static final long MINUTE = 1_795_417_260_000L;

    private final TestDatabase database = TestDatabase.create();
    private final RunningBilling billing = RunningBilling.on(database);
    private final ManagedChannel channel =
            NettyChannelBuilder.forAddress("127.0.0.1", billing.grpcPort()).usePlaintext().build();
    private final UUID tenant = database.registry().tenant("refused");
    private final GatewayStream<ReportResponse> answers = new GatewayStream<>();

    @BeforeAll
    void listening() {
        assertThat(billing.grpcPort()).isPositive();
    }

    @AfterAll
    void stop() {
        channel.shutdownNow();
        billing.close();
    }

    @Test
    void areSummedByMinuteAndARepeatCountsOnce() {
        var requests = open(UUID.randomUUID());

        requests.onNext(refusals(1, 3, 4));
        assertThat(answers.next().getRefusalsAck().getSeq()).isEqualTo(1);
        requests.onNext(refusals(1, 3, 4));
        assertThat(answers.next().getRefusalsAck().getSeq()).isEqualTo(1);
        requests.onNext(refusals(2, 5));
        assertThat(answers.next().getRefusalsAck().getSeq()).isEqualTo(2);

        assertThat(
                        database.service()
                                .queryForObject(
                                        "SELECT sum(requests) FROM billing.refusal"
                                                + " WHERE tenant_id = ? AND limit_label = 'q/all'"
                                                + " AND minute = to_timestamp(?)",
                                        Long.class,
                                        tenant,
                                        MINUTE / 1_000))
                .isEqualTo(3 + 4 + 5);
    }

    @Test
    void withoutAnIncarnationTheStreamFails() {
        var stream = new GatewayStream<ReportResponse>();
        UsageServiceGrpc.newStub(channel).report(stream).onNext(refusals(1, 1));

        assertThat(Status.fromThrowable(stream.end()).getCode())
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
    }

    private StreamObserver<ReportRequest> open(UUID incarnation) {
        var requests = UsageServiceGrpc.newStub(channel).report(answers);
        requests.onNext(
                ReportRequest.newBuilder()
                        .setHello(
                                Hello.newBuilder()
                                        .setGateway("g")
                                        .setIncarnation(WireIds.bytes(incarnation)))
                        .build());
        return requests;
    }

    private ReportRequest refusals(long seq, long... counts) {
        var report = Refusals.newBuilder().setSeq(seq);
        for (long count : counts) {
            report.addCounts(
                    RefusalCount.newBuilder()
                            .setTenantId(WireIds.bytes(tenant))
                            .setMinuteMillis(MINUTE)
                            .setModel("gpt-4o")
                            .setDialect("openai_chat")
                            .setReason("quota_exhausted")
                            .setLimit("q/all")
                            .setCount(count));
        }
        return ReportRequest.newBuilder().setRefusals(report).build();
    }
}
