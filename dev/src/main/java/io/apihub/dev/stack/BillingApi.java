package io.apihub.dev.stack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/** billing's REST API as an administrator's program uses it. Every call throws if refused. */
public final class BillingApi implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** billing can't do it just now, and asks to be called again. */
    static final class Unavailable extends IOException {

        private static final long serialVersionUID = 1L;

        private Unavailable(String refusal) {
            super(refusal);
        }
    }

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(LIMIT).build();
    private final URI base;
    private final String token;

    /**
     * For the API at {@code base}.
     *
     * @param token the administrator's
     */
    public BillingApi(URI base, String token) {
        this.base = base;
        this.token = token;
    }

    /**
     * Gives a tenant credit. Repeating it with the same key gives nothing again.
     *
     * @param amount decimal, in the installation's currency
     */
    public JsonNode grant(String tenant, String amount, String idempotencyKey)
            throws IOException, InterruptedException {
        return post(
                "/api/v1/tenants/" + tenant + "/grants",
                Map.of("amount", amount, "reason", "demo credit"),
                idempotencyKey);
    }

    /**
     * Makes a code that may be redeemed once. Repeating it with the same key makes none again, and
     * fails: a code is shown once.
     *
     * @param value decimal, in the installation's currency
     */
    public String code(String value, String idempotencyKey)
            throws IOException, InterruptedException {
        var batch =
                post(
                        "/api/v1/code-batches",
                        Map.of("note", "demo code", "value", value),
                        idempotencyKey);
        return batch.required("codes").required(0).asText();
    }

    /**
     * Offers a plan by the month, with three days of grace. Repeating it with the same key offers
     * nothing again.
     *
     * @param price for each month, decimal, in the installation's currency
     * @param credit that comes with each month
     * @param template that the Tenants of those who have it are made like
     */
    public JsonNode plan(
            String name, String price, String credit, String template, String idempotencyKey)
            throws IOException, InterruptedException {
        return post(
                "/api/v1/plans",
                Map.of(
                        "name",
                        name,
                        "displayName",
                        name,
                        "price",
                        price,
                        "period",
                        "MONTH",
                        "includedCredit",
                        credit,
                        "graceDays",
                        3,
                        "template",
                        template),
                idempotencyKey);
    }

    private JsonNode post(String path, Map<String, ?> body, String idempotencyKey)
            throws IOException, InterruptedException {
        var request =
                request(path)
                        .header("content-type", "application/json")
                        .header("idempotency-key", idempotencyKey)
                        .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
        return send(request.build());
    }

    /** Reads a resource such as {@code /api/v1/tenants/demo/balance}. */
    public JsonNode get(String path) throws IOException, InterruptedException {
        return send(request(path).build());
    }

    @Override
    public void close() {
        http.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path))
                .timeout(LIMIT)
                .header("authorization", "Bearer " + token);
    }

    private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
        var answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            var refusal =
                    "%s %s answered %d: %s"
                            .formatted(
                                    request.method(),
                                    request.uri().getPath(),
                                    answer.statusCode(),
                                    answer.body());
            throw answer.statusCode() == 503 ? new Unavailable(refusal) : new IOException(refusal);
        }
        return JSON.readTree(answer.body());
    }
}
