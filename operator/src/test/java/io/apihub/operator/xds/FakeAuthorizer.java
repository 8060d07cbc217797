package io.apihub.operator.xds;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.StreamObserver;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Says yes to {@code Bearer good} (with the splices and the pool that a test set) and no to the
 * rest, as ext-authz would.
 */
public final class FakeAuthorizer extends AuthorizationGrpc.AuthorizationImplBase
        implements AutoCloseable {

    private static final int LARGEST = 64 * 1024 * 1024;

    private final MultiThreadIoEventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Server server;
    private final Queue<CheckRequest> seen = new ConcurrentLinkedQueue<>();
    private volatile String pool = "pool/none";
    private volatile List<Value> edits = List.of();

    private FakeAuthorizer(Path socket) throws IOException {
        this.server =
                NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                        .channelType(NioServerDomainSocketChannel.class)
                        .bossEventLoopGroup(loops)
                        .workerEventLoopGroup(loops)
                        .maxInboundMessageSize(LARGEST)
                        .addService(this)
                        .addService(new HealthStatusManager().getHealthService())
                        .build()
                        .start();
    }

    public static FakeAuthorizer start(Path socket) throws IOException {
        return new FakeAuthorizer(socket);
    }

    public void allowInto(String name) {
        pool = name;
        edits = List.of();
        seen.clear();
    }

    /** Splices for the requests that follow; {@code at} null makes one that can't be applied. */
    void edit(@Nullable Integer at, int delete, String insert) {
        Struct.Builder edit =
                Struct.newBuilder()
                        .putFields("delete", number(delete))
                        .putFields("insert", text(insert));
        if (at != null) {
            edit.putFields("at", number(at));
        }
        edits = List.of(Value.newBuilder().setStructValue(edit).build());
    }

    Queue<CheckRequest> seen() {
        return seen;
    }

    @Override
    public void check(CheckRequest request, StreamObserver<CheckResponse> responses) {
        seen.add(request);
        responses.onNext(answer(request.getAttributes()));
        responses.onCompleted();
    }

    private CheckResponse answer(AttributeContext request) {
        String dialect = dialect(request);
        if (dialect.equals("readiness") || request.getContextExtensionsMap().containsKey("stage")) {
            return CheckResponse.newBuilder()
                    .setOkResponse(OkHttpResponse.getDefaultInstance())
                    .build();
        }
        var headers = request.getRequest().getHttp().getHeadersMap();
        boolean good =
                "Bearer good".equals(headers.get("authorization"))
                        || "good".equals(headers.get("x-api-key"))
                        || request.getRequest().getHttp().getPath().contains("key=good");
        if (good && dialect.equals("list_models")) {
            return complete(StatusCode.OK, "{\"models\":[\"" + "m".repeat(60_000) + "\"]}");
        }
        return good
                ? allow(dialect)
                : complete(StatusCode.Unauthorized, "{\"error\":\"the check's own words\"}");
    }

    static String dialect(AttributeContext request) {
        return said(request, "dialect");
    }

    static String longest(AttributeContext request) {
        return said(request, "longest");
    }

    private static String said(AttributeContext request, String name) {
        return request.getRouteMetadataContext()
                .getFilterMetadataOrDefault("apihub", Struct.getDefaultInstance())
                .getFieldsOrDefault(name, text(""))
                .getStringValue();
    }

    private CheckResponse allow(String dialect) {
        Struct.Builder metadata =
                Struct.newBuilder()
                        .putFields("hold", text("hold-1"))
                        .putFields("dialect", text(dialect));
        if (!edits.isEmpty()) {
            metadata.putFields(
                    "edits",
                    Value.newBuilder()
                            .setListValue(ListValue.newBuilder().addAllValues(edits))
                            .build());
        }
        return CheckResponse.newBuilder()
                .setDynamicMetadata(metadata)
                .setOkResponse(
                        OkHttpResponse.newBuilder()
                                .addHeaders(header("x-apihub-pool", pool))
                                .addHeadersToRemove("authorization")
                                .addHeadersToRemove("x-api-key")
                                .addQueryParametersToRemove("key")
                                .addQueryParametersToRemove("auth_token"))
                .build();
    }

    private static CheckResponse complete(StatusCode status, String body) {
        return CheckResponse.newBuilder()
                .setStatus(com.google.rpc.Status.newBuilder().setCode(7))
                .setDynamicMetadata(Struct.newBuilder().putFields("denied", text("test")))
                .setDeniedResponse(
                        DeniedHttpResponse.newBuilder()
                                .setStatus(HttpStatus.newBuilder().setCode(status))
                                .addHeaders(header("content-type", "application/json"))
                                .addHeaders(header("x-should-retry", "false"))
                                .setBody(body))
                .build();
    }

    private static HeaderValueOption header(String key, String value) {
        return HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey(key).setValue(value))
                .setAppendAction(HeaderValueOption.HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
                .build();
    }

    private static Value text(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }

    private static Value number(double value) {
        return Value.newBuilder().setNumberValue(value).build();
    }

    @Override
    public void close() {
        server.shutdownNow();
        var _ = loops.shutdownGracefully();
    }
}
