package io.apihub.extauthz.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.apihub.extauthz.channel.UnaryServer;
import io.apihub.policy.v1.Quota;
import io.apihub.usage.v1.Hold;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As Envoy sees it: messages over a unix socket. */
class CheckServiceTest {

    private static final String CHAT =
            "{\"model\":\"gpt-4o\",\"stream\":true,\"max_tokens\":10,\"messages\":[]}";

    private final World world = new World();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    @TempDir private Path directory;
    private volatile boolean ready = true;
    private UnaryServer server;
    private EventLoopGroup loops;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        var service = new CheckService(world.parts(), new DecisionMeter(meters), () -> ready);
        var socket = directory.resolve("authz.sock");
        server = new UnaryServer(socket, 1, 64 << 20, service.methods());
        loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        channel =
                NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                        .channelType(EpollDomainSocketChannel.class)
                        .eventLoopGroup(loops)
                        .usePlaintext()
                        .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
        var _ = loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    @Test
    void anAllowNamesThePoolStripsCredentialsAndCarriesTheHoldAndTheSplices() throws Exception {
        world.quota("team", Quota.Per.PER_TARGET, World.perMinute("rpm", 60));

        var response = check("openai_chat", "/v1/chat/completions", CHAT);

        var ok = response.getOkResponse();
        assertThat(response.getStatus().getCode()).isZero();
        assertThat(headers(ok.getHeadersList()))
                .containsExactly(Map.entry("x-apihub-pool", "pool/OpenAIChat"));
        assertThat(ok.getHeadersToRemoveList())
                .containsExactly("authorization", "x-api-key", "x-goog-api-key");
        assertThat(ok.getQueryParametersToRemoveList()).containsExactly("key", "auth_token");
        assertThat(headers(ok.getResponseHeadersToAddList()))
                .containsEntry("x-ratelimit-limit-requests", "60")
                .containsEntry("x-ratelimit-remaining-requests", "59")
                .containsEntry("x-ratelimit-reset-requests", "1s");
        var metadata = response.getDynamicMetadata();
        var hold =
                Hold.parseFrom(
                        Base64.getDecoder()
                                .decode(metadata.getFieldsOrThrow("hold").getStringValue()));
        assertThat(hold).isEqualTo(world.taken.getFirst());
        assertThat(metadata.getFieldsOrThrow("dialect").getStringValue()).isEqualTo("openai_chat");
        assertThat(spliced(CHAT, metadata.getFieldsOrThrow("edits")))
                .isEqualTo(
                        new ObjectMapper()
                                .readTree(
                                        "{\"model\":\"fake-gpt\",\"stream\":true,\"max_tokens\":10,\"messages\":[],"
                                                + "\"stream_options\":{\"include_usage\":true}}"));
    }

    @Test
    void aDenyIsTheWholeAnswerInTheDialectOfItsRoute() throws Exception {
        world.quota("team", Quota.Per.PER_TARGET, World.perMinute("rpm", 1));
        check("anthropic", "/v1/messages", CHAT);

        var response = check("anthropic", "/v1/messages", CHAT);

        var denied = response.getDeniedResponse();
        assertThat(response.getStatus().getCode()).isNotZero();
        assertThat(denied.getStatus().getCodeValue()).isEqualTo(429);
        assertThat(headers(denied.getHeadersList()))
                .containsEntry("x-apihub-reason", "rate_limited")
                .containsEntry("x-apihub-limit", "team/rpm")
                .containsEntry("x-should-retry", "true")
                .containsEntry("retry-after", "60")
                .containsEntry("retry-after-ms", "60000")
                .containsEntry("anthropic-ratelimit-requests-remaining", "0")
                .containsEntry("anthropic-ratelimit-requests-reset", "2026-11-23T10:01:00Z")
                .containsEntry("content-type", "application/json");
        assertThat(new ObjectMapper().readTree(denied.getBody()).at("/error/type").asText())
                .isEqualTo("rate_limit_error");
        assertThat(response.getDynamicMetadata().getFieldsOrThrow("denied").getStringValue())
                .isEqualTo("rate_limited");
    }

    @Test
    void thePrecheckAsksForTheKeyOnlyAndTakesNothing() {
        var request = request("openai_chat", "/v1/chat/completions", "", headers());
        var precheck = request.toBuilder();
        precheck.getAttributesBuilder().putContextExtensions("stage", "key-only");

        assertThat(call(precheck.build()).hasOkResponse()).isTrue();
        assertThat(world.taken).isEmpty();
        precheck.getAttributesBuilder().getRequestBuilder().getHttpBuilder().clearHeaders();
        assertThat(call(precheck.build()).getDeniedResponse().getStatus().getCodeValue())
                .isEqualTo(401);
    }

    @Test
    void readinessAndTheListAreAnsweredHere() {
        assertThat(check("readiness", "/readyz", "").hasOkResponse()).isTrue();
        ready = false;
        assertThat(check("readiness", "/readyz", "").getDeniedResponse().getStatus().getCodeValue())
                .isEqualTo(503);

        var list = check("list_models", "/v1/models", "");
        assertThat(list.getDeniedResponse().getStatus().getCodeValue()).isEqualTo(200);
        assertThat(list.getDeniedResponse().getBody()).contains("gpt-4o");
        assertThat(list.getDynamicMetadata().getFieldsMap()).containsKey("denied");
    }

    @Test
    void aRouteWithoutADialectIsRefused() {
        assertThat(check("", "/v1/x", CHAT).getDeniedResponse().getStatus().getCodeValue())
                .isEqualTo(503);
        assertThat(check("klingon", "/v1/x", CHAT).getDeniedResponse().getStatus().getCodeValue())
                .isEqualTo(503);
    }

    @Test
    void aFailureInsideIsARefusal() {
        world.failing = true;

        var response = check("anthropic", "/v1/messages", CHAT);

        assertThat(response.getDeniedResponse().getStatus().getCodeValue()).isEqualTo(529);
        assertThat(meters.counter("apihub.extauthz.decisions", "reason", "internal").count())
                .isEqualTo(1.0);
    }

    @Test
    void anAnswerThatComesLaterIsSentThen() throws Exception {
        world.slowCredit = true;
        var pending = AuthorizationGrpc.newFutureStub(channel).check(chat());
        await(() -> !world.waiting.isEmpty());
        assertThat(pending.isDone()).isFalse();

        world.waiting.forEach(Runnable::run);

        assertThat(pending.get(10, TimeUnit.SECONDS).hasOkResponse()).isTrue();
        assertThat(world.voided).isEmpty();
    }

    @Test
    void aCheckThatEnvoyGaveUpLeavesNoHold() throws Exception {
        world.slowCredit = true;
        var stub =
                AuthorizationGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(200, TimeUnit.MILLISECONDS);
        assertThatThrownBy(() -> stub.check(chat())).isInstanceOf(StatusRuntimeException.class);
        var cancelled = AuthorizationGrpc.newFutureStub(channel).check(chat());
        await(() -> world.waiting.size() == 2);
        cancelled.cancel(true);
        // The cancellation is on its way before this answer, on the same connection.
        check("readiness", "/readyz", "");

        world.waiting.forEach(Runnable::run);

        await(() -> world.voided.size() == 2);
    }

    @Test
    void bodiesAboveTheirBudgetAreRefusedAndTheBudgetComesBack() {
        world.slowCredit = true;
        var text = " ".repeat(32 << 20);
        var large = "{\"model\":\"gpt-4o\",\"messages\":[]" + text + "}";
        var futures =
                new java.util.ArrayList<
                        com.google.common.util.concurrent.ListenableFuture<CheckResponse>>();
        for (int i = 0; i < 7; i++) {
            var request = request("openai_chat", "/v1/chat/completions", large, headers());
            futures.add(AuthorizationGrpc.newFutureStub(channel).check(request));
        }
        await(() -> world.waiting.size() == 7);

        var refused = check("openai_chat", "/v1/chat/completions", large);
        assertThat(headers(refused.getDeniedResponse().getHeadersList()))
                .containsEntry("x-apihub-reason", "overloaded");
        world.slowCredit = false;
        world.waiting.forEach(Runnable::run);

        assertThat(check("openai_chat", "/v1/chat/completions", large).hasOkResponse()).isTrue();
        assertThat(futures).hasSize(7);
    }

    @Test
    void theWarmUpIsAllowedEverything() {
        assertThat(new WarmUp(() -> Instant.EPOCH, new Random(1)).run(100)).isEqualTo(100);
    }

    private CheckRequest chat() {
        return request("openai_chat", "/v1/chat/completions", CHAT, headers());
    }

    private CheckResponse check(String dialect, String path, String body) {
        return call(request(dialect, path, body, headers()));
    }

    private CheckResponse call(CheckRequest request) {
        return AuthorizationGrpc.newBlockingStub(channel)
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .check(request);
    }

    private Map<String, String> headers() {
        return Map.of("authorization", "Bearer " + world.secret.reveal(), "x-request-id", "r-1");
    }

    private static CheckRequest request(
            String dialect, String path, String body, Map<String, String> headers) {
        var http =
                AttributeContext.HttpRequest.newBuilder()
                        .setMethod("POST")
                        .setPath(path)
                        .putAllHeaders(headers)
                        .setRawBody(ByteString.copyFromUtf8(body));
        var route =
                Metadata.newBuilder()
                        .putFilterMetadata(
                                "apihub",
                                Struct.newBuilder()
                                        .putFields(
                                                "dialect",
                                                Value.newBuilder().setStringValue(dialect).build())
                                        .build());
        return CheckRequest.newBuilder()
                .setAttributes(
                        AttributeContext.newBuilder()
                                .setRequest(AttributeContext.Request.newBuilder().setHttp(http))
                                .setRouteMetadataContext(route))
                .build();
    }

    private static Object spliced(String body, Value edits) throws Exception {
        var bytes = new StringBuilder(body);
        var list = edits.getListValue().getValuesList().reversed();
        for (var edit : list) {
            var fields = edit.getStructValue();
            int at = (int) fields.getFieldsOrThrow("at").getNumberValue();
            int end = at + (int) fields.getFieldsOrThrow("delete").getNumberValue();
            bytes.replace(at, end, fields.getFieldsOrThrow("insert").getStringValue());
        }
        return new ObjectMapper().readTree(bytes.toString());
    }

    private static Map<String, String> headers(List<HeaderValueOption> options) {
        return new HashMap<>(
                options.stream()
                        .collect(
                                Collectors.toMap(
                                        o -> o.getHeader().getKey(),
                                        o -> o.getHeader().getValue())));
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
