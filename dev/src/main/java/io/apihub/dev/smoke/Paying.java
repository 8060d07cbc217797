package io.apihub.dev.smoke;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Somebody tops up: orders, follows the platform's page, clicks "pay", and sees the balance rise.
 */
final class Paying {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern FORM =
            Pattern.compile("<form method=\"post\" action=\"([^\"]+)\">");
    private static final String AMOUNT = "0.50";

    private final Person person;
    private final String tenant;

    Paying(Person person, String tenant) {
        this.person = person;
        this.tenant = tenant;
    }

    String paid() throws Exception {
        try (var events = new EventReader(person.stream("/api/v1/tenants/" + tenant + "/events"))) {
            var before = balance();
            var order = ordered();
            pay(URI.create(order.path("payUrl").asText()));
            var expected = before.add(new BigDecimal(AMOUNT));
            var took = events.await("balance", PATIENCE, data -> balanceIs(data, expected));
            var state = person.get(orders() + "/" + order.path("id").asText()).path("state");
            Failure.unlessEqual("state of the order", "CREDITED", state.asText());
            return "%s + %s = %s, seen after %d ms"
                    .formatted(before, AMOUNT, expected, took.toMillis());
        }
    }

    private String orders() {
        return "/api/v1/tenants/" + tenant + "/orders";
    }

    private BigDecimal balance() throws IOException, InterruptedException {
        var balance = person.get("/api/v1/tenants/" + tenant + "/balance");
        return new BigDecimal(balance.path("balance").asText());
    }

    private JsonNode ordered() throws IOException, InterruptedException {
        var provider = person.get("/api/v1/topup-options").path("providers").path(0);
        var wish =
                JSON.createObjectNode()
                        .put("amount", AMOUNT)
                        .put("provider", provider.path("name").asText())
                        .put("type", provider.path("types").path(0).asText());
        return person.post(orders(), wish, 201);
    }

    /** As a browser: the page, its form, and where that leads. */
    static void pay(URI page) throws IOException, InterruptedException {
        try (var browser =
                HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build()) {
            var shown = browser.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString());
            var form = FORM.matcher(shown.body());
            Failure.unless(form.find(), "no form on the platform's page: " + shown.body());
            var done = browser.send(click(shown, form.group(1)), BodyHandlers.ofString());
            Failure.unlessEqual("status of the page to return to", 200, done.statusCode());
        }
    }

    private static HttpRequest click(HttpResponse<String> shown, String action) {
        return HttpRequest.newBuilder(shown.uri().resolve(action))
                .POST(BodyPublishers.noBody())
                .build();
    }

    private static boolean balanceIs(JsonNode data, BigDecimal expected) {
        return new BigDecimal(data.path("balance").asText("0")).compareTo(expected) == 0;
    }
}
