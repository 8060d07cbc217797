package io.apihub.billing.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.grpc.WireIds;
import io.apihub.usage.v1.Batch;
import io.apihub.usage.v1.Hello;
import io.apihub.usage.v1.ReportRequest;
import io.apihub.usage.v1.ReportResponse;
import io.apihub.usage.v1.UsageRecord;
import io.apihub.usage.v1.UsageServiceGrpc;
import io.grpc.netty.NettyChannelBuilder;
import java.util.List;
import java.util.UUID;

/** Reports usage to a running billing, as a gateway does. */
public final class UsageFeed {

    private UsageFeed() {}

    /** Returns when all of it is committed, none rejected. */
    public static void report(RunningBilling billing, List<UsageRecord> records) {
        var channel =
                NettyChannelBuilder.forAddress("127.0.0.1", billing.grpcPort())
                        .usePlaintext()
                        .build();
        var answers = new GatewayStream<ReportResponse>();
        var requests = UsageServiceGrpc.newStub(channel).report(answers);
        requests.onNext(
                ReportRequest.newBuilder()
                        .setHello(
                                Hello.newBuilder()
                                        .setGateway("gateway-0")
                                        .setIncarnation(WireIds.bytes(UUID.randomUUID())))
                        .build());
        requests.onNext(
                ReportRequest.newBuilder()
                        .setBatch(Batch.newBuilder().setSeq(1).addAllRecords(records))
                        .build());
        assertThat(answers.next().getAck().getRejectedList()).isEmpty();
        channel.shutdownNow();
    }
}
