package io.apihub.extauthz.check;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.apihub.extauthz.credit.Holds;
import io.apihub.extauthz.error.Denial;
import io.apihub.extauthz.error.Reason;
import io.apihub.extauthz.request.RequestInspector.Body;
import io.apihub.model.usage.Dialect;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc.AuthorizationImplBase;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Envoy's ext_authz service: protobuf in, a {@link Decision}, protobuf out, and nothing else. */
public final class CheckService extends AuthorizationImplBase {

    private static final Logger log = LoggerFactory.getLogger(CheckService.class);

    /** Bodies in flight; what is above is refused, so that memory has a bound. */
    private static final long MAX_BODY_BYTES = 256L << 20;

    private static final String READINESS = "readiness";
    private static final Body NO_BODY = new Body(new byte[0], 0, 0);

    private final RequestChecker checker;
    private final CheckResponses responses;
    private final Holds holds;
    private final DecisionMeter meter;
    private final BooleanSupplier ready;
    private final AtomicLong bodyBytes = new AtomicLong();

    /**
     * Wires the service.
     *
     * @param ready whether the route for readiness answers 200
     */
    public CheckService(CheckParts parts, DecisionMeter meter, BooleanSupplier ready) {
        checker = new RequestChecker(parts);
        responses = new CheckResponses(parts.clock());
        holds = parts.holds();
        this.meter = meter;
        this.ready = ready;
    }

    @Override
    public void check(CheckRequest message, StreamObserver<CheckResponse> observer) {
        var pending =
                new PendingCheck(
                        (ServerCallStreamObserver<CheckResponse>) observer, holds::voidHold);
        var attributes = message.getAttributes();
        var route = dialectOf(attributes);
        var dialect = Dialect.of(route).orElse(null);
        long size = attributes.getRequest().getHttp().getRawBody().size();
        var request = request(attributes, dialect == null ? Dialect.OPENAI_CHAT : dialect);
        if (bodyBytes.addAndGet(size) > MAX_BODY_BYTES) {
            answer(request, pending, size, overloaded());
        } else if (route.equals(READINESS)) {
            answer(request, pending, size, readiness());
        } else if (dialect == null) {
            log.error("a route without a dialect: '{}'", route);
            answer(request, pending, size, broken());
        } else {
            decide(request, isPrecheck(attributes), pending, size);
        }
    }

    /** Any failure on the way is a "no", never a missing answer. */
    private void decide(HttpRequest request, boolean precheck, PendingCheck pending, long size) {
        var bare = request.withoutBody();
        try {
            if (precheck) {
                answer(bare, pending, size, checker.precheck(request));
            } else if (request.dialect() == Dialect.LIST_MODELS) {
                answer(bare, pending, size, checker.listModels(request));
            } else {
                checker.check(request, decision -> answer(bare, pending, size, decision));
            }
        } catch (RuntimeException e) {
            log.error("request {}: check failed", request.requestId(), e);
            answer(bare, pending, size, broken());
        }
    }

    private void answer(HttpRequest request, PendingCheck pending, long size, Decision decision) {
        try {
            send(request, pending, size, decision);
        } catch (RuntimeException e) {
            log.error("request {}: no answer could be written", request.requestId(), e);
            pending.undo(decision);
            send(request, pending, size, broken());
        }
    }

    private void send(HttpRequest request, PendingCheck pending, long size, Decision decision) {
        if (pending.answer(decision, responses.of(decision, request))) {
            bodyBytes.addAndGet(-size);
            meter.count(decision);
        }
    }

    private Decision readiness() {
        return ready.getAsBoolean() ? new Decision.Passed() : stale();
    }

    private static Decision stale() {
        return Decision.Denied.of(Denial.of(Reason.POLICY_STALE, "The gateway is not ready."));
    }

    private static Decision overloaded() {
        return Decision.Denied.of(
                Denial.of(
                        Reason.OVERLOADED, "The gateway is busy with large requests. Try again."));
    }

    private static Decision broken() {
        return Decision.Denied.of(
                Denial.of(
                        Reason.INTERNAL,
                        "The gateway cannot check this request right now. Try again."));
    }

    private static boolean isPrecheck(AttributeContext attributes) {
        return "key-only".equals(attributes.getContextExtensionsMap().get("stage"));
    }

    private static String dialectOf(AttributeContext attributes) {
        var metadata = attributes.getRouteMetadataContext().getFilterMetadataMap().get("apihub");
        var dialect = metadata == null ? null : metadata.getFieldsMap().get("dialect");
        return dialect == null ? "" : dialect.getStringValue();
    }

    private static HttpRequest request(AttributeContext attributes, Dialect dialect) {
        var http = attributes.getRequest().getHttp();
        return new HttpRequest(
                dialect,
                http.getPath(),
                http.getHeadersMap(),
                attributes.getSource().getAddress().getSocketAddress().getAddress(),
                body(http.getRawBody()));
    }

    /** The message's own bytes: a body may have 32 MiB and is only read. */
    private static Body body(ByteString raw) {
        if (raw.isEmpty()) {
            return NO_BODY;
        }
        var view = new BodyView();
        try {
            UnsafeByteOperations.unsafeWriteTo(raw, view);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return view.body(raw);
    }

    /** Catches the array behind a byte string. */
    private static final class BodyView extends ByteOutput {

        private @Nullable Body whole;
        private int pieces;

        private Body body(ByteString raw) {
            var single = whole;
            return single != null && pieces == 1
                    ? single
                    : new Body(raw.toByteArray(), 0, raw.size());
        }

        private void piece(byte[] bytes, int from, int length) {
            pieces++;
            whole = new Body(bytes, from, length);
        }

        @Override
        public void write(byte value) {
            pieces += 2;
        }

        @Override
        public void write(byte[] value, int offset, int length) {
            piece(value, offset, length);
        }

        @Override
        public void writeLazy(byte[] value, int offset, int length) {
            piece(value, offset, length);
        }

        @Override
        public void write(ByteBuffer value) {
            pieces += 2;
        }

        @Override
        public void writeLazy(ByteBuffer value) {
            pieces += 2;
        }
    }
}
