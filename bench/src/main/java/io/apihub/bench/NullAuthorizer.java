package io.apihub.bench;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.service.accesslog.v3.AccessLogServiceGrpc.AccessLogServiceImplBase;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsResponse;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc.AuthorizationImplBase;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The floor: a grpc-java authorizer on a unix socket that reads nothing and lets everything pass,
 * with an answer of the real one's shape and size.
 */
final class NullAuthorizer extends AuthorizationImplBase {

    private final CheckResponse answer;

    private NullAuthorizer(boolean limits) {
        answer = answer(limits);
    }

    public static void main(String[] args) throws Exception {
        var directory = Path.of(args[0]);
        server(directory.resolve("authz.sock"), new NullAuthorizer(Boolean.parseBoolean(args[1])));
        server(directory.resolve("usage.sock"), new NullSink()).awaitTermination();
    }

    private static Server server(Path socket, BindableService service) throws IOException {
        return NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toString()))
                .channelType(EpollServerDomainSocketChannel.class)
                .bossEventLoopGroup(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()))
                .workerEventLoopGroup(
                        new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()))
                .directExecutor()
                .flowControlWindow(1 << 20)
                .maxInboundMessageSize(64 << 20)
                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .addService(service)
                .addService(new HealthStatusManager().getHealthService())
                .build()
                .start();
    }

    @Override
    public void check(CheckRequest request, StreamObserver<CheckResponse> responses) {
        responses.onNext(answer);
        responses.onCompleted();
    }

    private static CheckResponse answer(boolean limits) {
        var ok =
                OkHttpResponse.newBuilder()
                        .addHeaders(header("x-apihub-pool", FakeOperator.POOL))
                        .addHeadersToRemove("authorization")
                        .addHeadersToRemove("x-api-key")
                        .addHeadersToRemove("x-goog-api-key")
                        .addQueryParametersToRemove("key")
                        .addQueryParametersToRemove("auth_token");
        if (limits) {
            for (var unit : List.of("requests", "tokens")) {
                ok.addResponseHeadersToAdd(header("x-ratelimit-limit-" + unit, "1073741824"));
                ok.addResponseHeadersToAdd(header("x-ratelimit-remaining-" + unit, "1073741000"));
                ok.addResponseHeadersToAdd(header("x-ratelimit-reset-" + unit, "1ms"));
            }
        }
        var metadata =
                Struct.newBuilder()
                        .putFields("hold", text("A".repeat(340)))
                        .putFields("dialect", text("openai_chat"));
        return CheckResponse.newBuilder()
                .setStatus(com.google.rpc.Status.getDefaultInstance())
                .setOkResponse(ok)
                .setDynamicMetadata(metadata)
                .build();
    }

    private static Value text(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }

    private static HeaderValueOption header(String name, String value) {
        return HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
                .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
                .build();
    }

    /** Takes the access log and forgets it. */
    private static final class NullSink extends AccessLogServiceImplBase {
        @Override
        public StreamObserver<StreamAccessLogsMessage> streamAccessLogs(
                StreamObserver<StreamAccessLogsResponse> responses) {
            return new StreamObserver<>() {
                @Override
                public void onNext(StreamAccessLogsMessage entries) {}

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onCompleted() {
                    responses.onCompleted();
                }
            };
        }
    }
}
