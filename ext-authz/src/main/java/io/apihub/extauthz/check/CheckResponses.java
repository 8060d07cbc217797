package io.apihub.extauthz.check;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.Status;
import io.apihub.extauthz.error.ErrorRenderer;
import io.apihub.extauthz.error.ErrorResponse.Header;
import io.apihub.extauthz.request.Edit;
import io.apihub.model.usage.Dialect;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.grpc.Status.Code;
import java.time.InstantSource;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Turns decisions into Envoy's messages. */
final class CheckResponses {

    /** The header that names the cluster; Envoy removes what clients send under it. */
    private static final String POOL_HEADER = "x-apihub-pool";

    private static final CheckResponse PASSED =
            CheckResponse.newBuilder()
                    .setStatus(Status.getDefaultInstance())
                    .setOkResponse(OkHttpResponse.getDefaultInstance())
                    .build();

    /** What never goes upstream. */
    private static final OkHttpResponse STRIPPED =
            OkHttpResponse.newBuilder()
                    .addHeadersToRemove("authorization")
                    .addHeadersToRemove("x-api-key")
                    .addHeadersToRemove("x-goog-api-key")
                    .addQueryParametersToRemove("key")
                    .addQueryParametersToRemove("auth_token")
                    .build();

    private final ErrorRenderer errors = new ErrorRenderer();
    private final RateHeaders rateHeaders;
    private final Map<Dialect, Value> dialects = new EnumMap<>(Dialect.class);
    private final ConcurrentHashMap<String, OkHttpResponse> byPool = new ConcurrentHashMap<>();

    CheckResponses(InstantSource clock) {
        rateHeaders = new RateHeaders(clock);
        for (var dialect : Dialect.values()) {
            dialects.put(dialect, text(dialect.wireName()));
        }
    }

    CheckResponse of(Decision decision, HttpRequest request) {
        return switch (decision) {
            case Decision.Allowed allowed -> allowed(allowed, request);
            case Decision.Denied denied -> denied(denied, request);
            case Decision.Answered(String body) -> answered(body);
            case Decision.Passed() -> PASSED;
        };
    }

    private CheckResponse allowed(Decision.Allowed allowed, HttpRequest request) {
        var ok = byPool.computeIfAbsent(allowed.pool(), CheckResponses::toPool);
        var target = allowed.target();
        var rate = rateHeaders.of(allowed.rate(), request.protocol());
        if (target != null || !rate.isEmpty()) {
            var changed = ok.toBuilder();
            if (target != null) {
                changed.addHeaders(option(new Header(":path", target)));
            }
            rate.forEach(header -> changed.addResponseHeadersToAdd(option(header)));
            ok = changed.build();
        }
        return CheckResponse.newBuilder()
                .setStatus(Status.getDefaultInstance())
                .setOkResponse(ok)
                .setDynamicMetadata(metadata(allowed, request.dialect()))
                .build();
    }

    private static OkHttpResponse toPool(String pool) {
        return STRIPPED.toBuilder().addHeaders(option(new Header(POOL_HEADER, pool))).build();
    }

    private Struct metadata(Decision.Allowed allowed, Dialect dialect) {
        var hold = Base64.getEncoder().encodeToString(allowed.hold().toByteArray());
        var metadata =
                Struct.newBuilder()
                        .putFields("hold", text(hold))
                        .putFields("dialect", dialects.getOrDefault(dialect, text("")));
        if (!allowed.edits().isEmpty()) {
            metadata.putFields("edits", edits(allowed.edits()));
        }
        return metadata.build();
    }

    private static Value edits(List<Edit> edits) {
        var list = ListValue.newBuilder();
        for (var edit : edits) {
            list.addValues(
                    Value.newBuilder()
                            .setStructValue(
                                    Struct.newBuilder()
                                            .putFields("at", number(edit.at()))
                                            .putFields("delete", number(edit.delete()))
                                            .putFields("insert", text(edit.insert()))));
        }
        return Value.newBuilder().setListValue(list).build();
    }

    private CheckResponse denied(Decision.Denied denied, HttpRequest request) {
        var protocol = request.protocol();
        var error = errors.render(denied.denial(), protocol, request.requestId());
        var response =
                DeniedHttpResponse.newBuilder()
                        .setStatus(status(error.status()))
                        .setBody(error.body());
        error.headers().forEach(header -> response.addHeaders(option(header)));
        rateHeaders
                .of(denied.rate(), protocol)
                .forEach(header -> response.addHeaders(option(header)));
        return denial(response, denied.denial().reason().code());
    }

    /** Envoy has no "answer it yourself" but a denial; this one is a 200. */
    private static CheckResponse answered(String body) {
        return denial(
                DeniedHttpResponse.newBuilder()
                        .setStatus(status(200))
                        .addHeaders(option(new Header("content-type", "application/json")))
                        .setBody(body),
                "answered");
    }

    private static CheckResponse denial(DeniedHttpResponse.Builder response, String reason) {
        return CheckResponse.newBuilder()
                .setStatus(Status.newBuilder().setCode(Code.PERMISSION_DENIED.value()))
                .setDeniedResponse(response)
                .setDynamicMetadata(Struct.newBuilder().putFields("denied", text(reason)))
                .build();
    }

    /** Numbers, because Envoy's enumeration does not name 529. */
    private static HttpStatus status(int status) {
        return HttpStatus.newBuilder().setCodeValue(status).build();
    }

    private static HeaderValueOption option(Header header) {
        return HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey(header.name()).setValue(header.value()))
                .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
                .build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    private static Value number(int number) {
        return Value.newBuilder().setNumberValue(number).build();
    }
}
