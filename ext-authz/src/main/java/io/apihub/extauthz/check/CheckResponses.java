package io.apihub.extauthz.check;

import com.google.protobuf.Struct;
import com.google.rpc.Status;
import io.apihub.extauthz.error.ErrorRenderer;
import io.apihub.extauthz.error.ErrorResponse.Header;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.grpc.Status.Code;
import java.time.InstantSource;
import java.util.ArrayList;

/** Turns decisions into Envoy's messages. */
final class CheckResponses {

    private static final CheckAnswer PASSED =
            new CheckAnswer(
                    CheckResponse.newBuilder()
                            .setStatus(Status.getDefaultInstance())
                            .setOkResponse(OkHttpResponse.getDefaultInstance())
                            .build()
                            .toByteArray(),
                    true);

    private final ErrorRenderer errors = new ErrorRenderer();
    private final AllowedAnswer allowedAnswer = new AllowedAnswer();
    private final RateHeaders rateHeaders;

    CheckResponses(InstantSource clock) {
        rateHeaders = new RateHeaders(clock);
    }

    CheckAnswer of(Decision decision, HttpRequest request) {
        return switch (decision) {
            case Decision.Allowed allowed -> allowed(allowed, request);
            case Decision.Denied denied -> denied(denied, request);
            case Decision.Answered(String body) -> answered(body);
            case Decision.Passed() -> PASSED;
        };
    }

    private CheckAnswer allowed(Decision.Allowed allowed, HttpRequest request) {
        var rate = rateHeaders.of(allowed.rates(), request.protocol());
        if (allowed.clampedTo() > 0) {
            var clamped = String.valueOf(allowed.clampedTo());
            rate = new ArrayList<>(rate);
            rate.add(new Header("x-apihub-max-tokens-clamped", clamped));
        }
        return new CheckAnswer(allowedAnswer.of(allowed, rate, request.dialect()), true);
    }

    private CheckAnswer denied(Decision.Denied denied, HttpRequest request) {
        var protocol = request.protocol();
        var error = errors.render(denied.denial(), protocol, request.requestId());
        var response =
                DeniedHttpResponse.newBuilder()
                        .setStatus(status(error.status()))
                        .setBody(error.body());
        error.headers().forEach(header -> response.addHeaders(AllowedAnswer.option(header)));
        rateHeaders
                .of(denied.rates(), protocol)
                .forEach(header -> response.addHeaders(AllowedAnswer.option(header)));
        return denial(response, denied.denial().reason().code());
    }

    /** Envoy has no "answer it yourself" but a denial; this one is a 200. */
    private static CheckAnswer answered(String body) {
        return denial(
                DeniedHttpResponse.newBuilder()
                        .setStatus(status(200))
                        .addHeaders(
                                AllowedAnswer.option(
                                        new Header("content-type", "application/json")))
                        .setBody(body),
                "answered");
    }

    private static CheckAnswer denial(DeniedHttpResponse.Builder response, String reason) {
        var message =
                CheckResponse.newBuilder()
                        .setStatus(Status.newBuilder().setCode(Code.PERMISSION_DENIED.value()))
                        .setDeniedResponse(response)
                        .setDynamicMetadata(
                                Struct.newBuilder()
                                        .putFields("denied", AllowedAnswer.text(reason)));
        return new CheckAnswer(message.build().toByteArray(), false);
    }

    /** Numbers, because Envoy's enumeration does not name 529. */
    private static HttpStatus status(int status) {
        return HttpStatus.newBuilder().setCodeValue(status).build();
    }
}
