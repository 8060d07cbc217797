package io.apihub.extauthz.check;

import io.apihub.extauthz.error.Protocol;
import io.apihub.extauthz.request.RequestInspector.Body;
import io.apihub.model.usage.Dialect;
import java.util.List;
import java.util.Map;

/**
 * A request as Envoy describes it. Holds credentials: never log one.
 *
 * @param dialect the route's
 * @param target path and query, as they came
 * @param headers those of {@link #HEADERS} that it has
 * @param peerAddress the address that Envoy takes for the client's
 * @param longestMillis when its log entry is here at the latest, as its route says; 0 if it does
 *     not
 * @param body empty where Envoy sends none
 */
record HttpRequest(
        Dialect dialect,
        String target,
        Map<String, String> headers,
        String peerAddress,
        long longestMillis,
        Body body) {

    /** The headers that decisions look at; no others are kept. */
    static final List<String> HEADERS =
            List.of(
                    "authorization",
                    "x-api-key",
                    "x-goog-api-key",
                    "x-request-id",
                    "x-envoy-external-address",
                    "content-type",
                    "anthropic-version");

    private static final Body NO_BODY = new Body(new byte[0], 0, 0);

    /** The same request without its bytes, for what outlives the decision. */
    HttpRequest withoutBody() {
        return new HttpRequest(dialect, target, headers, peerAddress, longestMillis, NO_BODY);
    }

    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    String requestId() {
        return header("x-request-id");
    }

    String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** Without the question mark; empty if there is none. */
    String query() {
        int query = target.indexOf('?');
        return query < 0 ? "" : target.substring(query + 1);
    }

    Protocol protocol() {
        return Protocol.of(dialect, target, headers.containsKey("anthropic-version"));
    }

    /** What Envoy says outside its trusted hops; the peer where it says nothing. */
    String clientAddress() {
        var external = header("x-envoy-external-address");
        return external.isEmpty() ? peerAddress : external;
    }

    @Override
    public String toString() {
        return "HttpRequest[" + dialect + " " + requestId() + "]";
    }
}
