package io.apihub.extauthz.usage;

import io.envoyproxy.envoy.data.accesslog.v3.AccessLogType;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.service.accesslog.v3.AccessLogServiceGrpc.AccessLogServiceImplBase;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsResponse;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Envoy's access log service: one stream for each of its workers, and no acknowledgements. */
final class UsageStream extends AccessLogServiceImplBase {

    private static final Logger LOG = LoggerFactory.getLogger(UsageStream.class);

    private final Settlements settlements;
    private final LogConnections connections;
    private final Counter unreadable;
    private final RefusedCredentials refusedCredentials;

    UsageStream(Settlements settlements, LogConnections connections, MeterRegistry meters) {
        this.settlements = settlements;
        this.connections = connections;
        this.unreadable = meters.counter("apihub.extauthz.usage.unreadable");
        this.refusedCredentials = new RefusedCredentials(meters);
    }

    @Override
    public StreamObserver<StreamAccessLogsMessage> streamAccessLogs(
            StreamObserver<StreamAccessLogsResponse> responses) {
        connections.opened();
        return new StreamObserver<>() {
            @Override
            public void onNext(StreamAccessLogsMessage message) {
                message.getHttpLogs().getLogEntryList().forEach(entry -> take(entry));
            }

            @Override
            public void onError(Throwable cause) {
                connections.closed();
            }

            @Override
            public void onCompleted() {
                connections.closed();
                responses.onCompleted();
            }
        };
    }

    /** One bad entry must not cost the others of its message: its hold is swept later. */
    private void take(HTTPAccessLogEntry entry) {
        var common = entry.getCommonProperties();
        boolean ended =
                common.getAccessLogType() == AccessLogType.DownstreamEnd
                        || common.getAccessLogType() == AccessLogType.NotSet;
        if (!ended) {
            return;
        }
        refusedCredentials.look(common);
        try {
            LogEntries.read(entry).ifPresent(settlements::logged);
        } catch (RuntimeException e) {
            unreadable.increment();
            LOG.error("cannot settle the request {}", entry.getRequest().getRequestId(), e);
        }
    }
}
