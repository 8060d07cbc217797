package io.apihub.bench;

import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPResponseProperties;
import io.envoyproxy.envoy.service.accesslog.v3.AccessLogServiceGrpc;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsResponse;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Ends the holds of a round as Envoy's access log would: each request was answered, with two
 * thousand bytes and no word about its usage. Holds that nobody ends would pile up, and the next
 * round would pay for collecting them.
 */
final class HoldLog implements AutoCloseable {

    private static final int MESSAGE = 50;

    private final ManagedChannel channel;
    private final StreamObserver<StreamAccessLogsMessage> stream;
    private final List<String> holds = new ArrayList<>();

    HoldLog(Path socket) {
        channel = UnixChannel.to(socket);
        stream =
                AccessLogServiceGrpc.newStub(channel)
                        .streamAccessLogs(
                                new StreamObserver<>() {
                                    @Override
                                    public void onNext(StreamAccessLogsResponse nothing) {}

                                    @Override
                                    public void onError(Throwable failure) {}

                                    @Override
                                    public void onCompleted() {}
                                });
    }

    /** Remembers a hold; thread safe. */
    synchronized void add(String hold) {
        holds.add(hold);
    }

    /** Ends all that are remembered; returns how many these were. */
    synchronized int end() {
        int count = holds.size();
        for (int from = 0; from < holds.size(); from += MESSAGE) {
            var entries = StreamAccessLogsMessage.HTTPAccessLogEntries.newBuilder();
            holds.subList(from, Math.min(holds.size(), from + MESSAGE))
                    .forEach(hold -> entries.addLogEntry(entry(hold)));
            stream.onNext(StreamAccessLogsMessage.newBuilder().setHttpLogs(entries).build());
        }
        holds.clear();
        return count;
    }

    private static HTTPAccessLogEntry entry(String hold) {
        var fields =
                Struct.newBuilder()
                        .putFields("hold", Value.newBuilder().setStringValue(hold).build());
        var moment = Duration.newBuilder().setNanos(1_000_000);
        return HTTPAccessLogEntry.newBuilder()
                .setCommonProperties(
                        AccessLogCommon.newBuilder()
                                .setMetadata(
                                        Metadata.newBuilder()
                                                .putFilterMetadata(
                                                        "envoy.filters.http.ext_authz",
                                                        fields.build()))
                                .setTimeToFirstUpstreamTxByte(moment)
                                .setTimeToFirstUpstreamRxByte(moment))
                .setResponse(
                        HTTPResponseProperties.newBuilder()
                                .setResponseCode(UInt32Value.of(200))
                                .setResponseBodyBytes(2_000))
                .build();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
