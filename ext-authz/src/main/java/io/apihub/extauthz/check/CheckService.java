package io.apihub.extauthz.check;

import io.apihub.extauthz.channel.UnaryCall;
import io.apihub.extauthz.channel.UnaryMethod;
import io.apihub.extauthz.credit.Holds;
import io.apihub.extauthz.error.Denial;
import io.apihub.extauthz.error.Reason;
import io.apihub.model.usage.Dialect;
import io.grpc.Status;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Envoy's ext_authz service: protobuf in, a {@link Decision}, protobuf out, and nothing else. */
public final class CheckService implements UnaryMethod {

    private static final String PATH = "/envoy.service.auth.v3.Authorization/Check";

    private static final Logger log = LoggerFactory.getLogger(CheckService.class);

    /** Bodies in flight; what is above is refused, so that memory has a bound. */
    private static final long MAX_BODY_BYTES = 256L << 20;

    private static final String READINESS = "readiness";

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

    /** The service's methods, by path. */
    public Map<String, UnaryMethod> methods() {
        return Map.of(PATH, this);
    }

    @Override
    public void call(byte[] message, UnaryCall call) {
        try {
            check(CheckReader.read(message), call);
        } catch (IOException e) {
            log.error("not a CheckRequest: {}", e.getMessage());
            call.fail(Status.Code.INTERNAL);
        }
    }

    private void check(IncomingCheck check, UnaryCall call) {
        var pending = new PendingCheck(call, holds::voidHold);
        var request = check.request();
        long size = request.body().length();
        if (bodyBytes.addAndGet(size) > MAX_BODY_BYTES) {
            answer(request, pending, size, overloaded());
        } else if (check.route().equals(READINESS)) {
            answer(request, pending, size, readiness());
        } else if (!check.route().equals(request.dialect().wireName())) {
            log.error("a route without a dialect: '{}'", check.route());
            answer(request, pending, size, broken());
        } else {
            decide(request, check.keyOnly(), pending, size);
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
}
