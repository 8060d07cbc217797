package io.apihub.billing.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Role;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.RunningBilling;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What attackers send to any HTTP server, and to this one. */
class AttacksIT {

    private static final TestDatabase DATABASE = RunningBilling.sharedDatabase();
    private static final RunningBilling BILLING = RunningBilling.shared();
    private static final UUID ACME = DATABASE.registry().tenant("acme");

    private static Browser administrator() {
        var people = new People(BILLING);
        var user = people.user(one -> one.makeAdministrator(true));
        people.member(user, ACME, Role.OWNER);
        return people.browser(user);
    }

    /** Mass assignment: whatever an endpoint does not know, it does not take. */
    @Test
    void noEndpointTakesAFieldThatItDoesNotKnow() {
        var paths = RunningBilling.json(BILLING.send(BILLING.request("/api/openapi"))).get("paths");
        var wrong = new ArrayList<String>();
        int tried = 0;
        for (var path : paths.properties()) {
            for (var operation : path.getValue().properties()) {
                if (path.getKey().startsWith("/api/v1/") && takesJson(operation.getValue())) {
                    tried++;
                    var method = operation.getKey().toUpperCase(Locale.ROOT);
                    var answer = surprised(method, path.getKey(), operation.getValue());
                    if (answer.statusCode() != 400 || !answer.body().contains("\"surprise\"")) {
                        wrong.add(method + " " + path.getKey() + ": " + answer.body());
                    }
                }
            }
        }
        assertThat(tried).isGreaterThan(20);
        assertThat(wrong).isEmpty();
    }

    private static boolean takesJson(JsonNode operation) {
        return operation.at("/requestBody/content").has("application/json");
    }

    /** With a session of its own: one of these calls may end it. */
    private static HttpResponse<String> surprised(String method, String path, JsonNode operation) {
        var concrete = path.replace("{tenant}", "acme");
        for (var parameter : operation.path("parameters")) {
            boolean number = parameter.at("/schema/type").asString("").equals("integer");
            concrete =
                    concrete.replace(
                            "{" + parameter.get("name").asString() + "}",
                            number ? "1" : UUID.randomUUID().toString());
        }
        var browser = administrator();
        return browser.send(
                method,
                concrete,
                "{\"surprise\": true}",
                browser.csrfToken(),
                "Idempotency-Key",
                UUID.randomUUID().toString());
    }

    @Test
    void aBodyWithoutEndIsRefused() {
        var deep = "{\"amount\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        var longText = "{\"amount\": \"1\", \"reason\": \"" + "x".repeat(3_000_000) + "\"}";
        var longNumber = "{\"amount\": 1" + "0".repeat(100_000) + "}";
        var manyFields = "{\"reason\": \"x\"" + ", \"amount\": \"1\"".repeat(400_000) + "}";
        for (var body : new String[] {deep, longText, longNumber, manyFields}) {
            var answer =
                    BILLING.post("/api/v1/tenants/acme/grants", UUID.randomUUID().toString(), body);

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            assertThat(answer.body()).contains("urn:apihub:problem:").hasSizeLessThan(1_000);
        }
        assertThat(BILLING.get("/api/v1/tenants/acme/balance").body())
                .contains("\"balanceMicros\":\"0\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 4\r\nContent-Length: 5\r\n\r\n{}{}",
                "Content-Length: -1\r\n\r\n",
                "Content-Length: 2, 2\r\n\r\n{}",
                "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "X-Bad: a\u0000b\r\n\r\n",
                "X Bad: a\r\n\r\n",
                "Host: second.example\r\n\r\n",
            })
    void whatTwoServersCouldReadInTwoWaysIsRefused(String rest) throws IOException {
        var answer = raw("POST /api/v1/session HTTP/1.1\r\nHost: x\r\n" + rest);

        assertThat(answer)
                .matches("(?s)HTTP/1\\.1 (400|501) .*")
                .contains("urn:apihub:problem:")
                .doesNotContainIgnoringCase("<html");
    }

    /** Tomcat refuses these before it asks us; its own answer would be a page in HTML. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /api/v1/tenants/%00/balance HTTP/1.1",
                "GET /api/v1/tenants/a%2Fb/balance HTTP/1.1",
                "GET /api/v1/tenants/a%zz HTTP/1.1",
                "GET /api/v1/tenants/a%c0%af HTTP/1.1",
                "GET /api/v1/tenants/a%5cb HTTP/1.1",
                "GET /api/v1/tenants/[acme]/balance HTTP/1.1",
                "GET /api/v1/models?a=[] HTTP/1.1",
                "GET /api/v1/models?a={b} HTTP/1.1",
                "GET /api/v1/../../etc/passwd HTTP/1.1",
                "GET /api/v1/tenants/a\\b HTTP/1.1",
                "GET api/v1/models HTTP/1.1",
                "GET * HTTP/1.1",
                "GET /api/v1/models HTTP/9.9",
                "CONNECT example.com:443 HTTP/1.1",
                "G@T /api/v1/models HTTP/1.1",
            })
    void whatCannotBeReadIsRefusedAsAProblem(String line) throws IOException {
        var answer = raw(line + "\r\nHost: x\r\nConnection: close\r\n\r\n");
        var status = answer.substring(9, 12);

        assertThat(answer).matches("(?s)HTTP/1\\.1 (4\\d\\d|50[15]) .*");
        assertThat(answer)
                .contains("Content-Type: application/problem+json")
                .contains("urn:apihub:problem:", "\"status\":" + status)
                .doesNotContainIgnoringCase("<html")
                .doesNotContainIgnoringCase("tomcat")
                .doesNotContain("java.", "\tat ");
    }

    @Test
    void headersWithoutEndAreRefusedAsAProblem() throws IOException {
        var answer = raw("GET /api/v1/models HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(9_000));

        assertThat(answer).startsWith("HTTP/1.1 400 ").contains("malformed-request", "8 KB");
    }

    @Test
    void aRequestIsNotHiddenInAnother() throws IOException {
        var hidden = "GET /.well-known/jwks.json HTTP/1.1\r\nHost: x\r\n\r\n";
        var answer =
                raw(
                        "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: "
                                + (5 + hidden.length())
                                + "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                                + hidden);

        assertThat(answer.split("HTTP/1\\.1 \\d", -1)).as(answer).hasSize(2);
        assertThat(answer).doesNotContain("\"keys\"");
    }

    /** All that comes until the server closes the connection. */
    private static String raw(String request) throws IOException {
        var port = BILLING.request("/").build().uri().getPort();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/tenants/a%0d%0aX-Evil:%201/balance",
                "/api/v1/usage?model=a%0d%0aX-Evil:%201",
                "/api/v1/usage?a%0d%0aX-Evil:%201=b",
                "/docs?x=%0d%0aX-Evil:%201",
                "/api/v1/tenants/acme/usage/export?model=%0d%0aX-Evil:%201",
            })
    void noLineOfARequestBecomesAHeader(String path) {
        var answer = BILLING.get(path);

        assertThat(answer.statusCode()).isLessThan(500);
        assertThat(answer.headers().map().keySet())
                .noneMatch(name -> name.toLowerCase(Locale.ROOT).contains("evil"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/tenants/acme/balance",
                "/api/v1/tenants/nobody/balance",
                "/api/v1/tenants/acme/usage/export",
                "/.well-known/jwks.json",
                "/nothing",
            })
    void browsersAreToldToTakeAnswersForNothingElse(String path) {
        var answer =
                BILLING.send(
                        BILLING.request(path)
                                .header("Authorization", "Bearer " + BILLING.token())
                                .header("Origin", "https://evil.example"));
        var headers = answer.headers();

        assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(headers.firstValue("X-Frame-Options")).contains("DENY");
        assertThat(headers.firstValue("Content-Type")).isPresent();
        assertThat(headers.firstValue("Access-Control-Allow-Origin")).isEmpty();
        assertThat(headers.firstValue("Access-Control-Allow-Credentials")).isEmpty();
    }

    /** One reader of bodies is enough, and it is the one that knows our rules. */
    @Test
    void nothingButJsonIsReadOrWritten() {
        var path = "/api/v1/tenants/acme/grants";
        var yaml =
                request(path)
                        .header("Content-Type", "application/yaml")
                        .header("Idempotency-Key", "yaml")
                        .POST(BodyPublishers.ofString("amount: 1\nreason: x\nsurprise: true\n"));

        assertThat(BILLING.send(yaml).statusCode()).isEqualTo(415);
        assertThat(
                        BILLING.send(
                                        request("/api/v1/tenants/acme/balance")
                                                .header("Accept", "application/yaml"))
                                .statusCode())
                .isEqualTo(406);
    }

    /** Behind a proxy that thinks that it has the answer the next one's would wait. */
    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/tenants/acme/events", "/api/v1/tenants/acme/usage/export"})
    void headLeavesTheConnectionFree(String path) {
        for (int i = 0; i < 3; i++) {
            var answer = BILLING.send(request(path).method("HEAD", BodyPublishers.noBody()));

            assertThat(answer.statusCode()).isEqualTo(path.endsWith("events") ? 405 : 200);
        }
    }

    private static HttpRequest.Builder request(String path) {
        return BILLING.request(path).header("Authorization", "Bearer " + BILLING.token());
    }

    @Test
    void noOtherSiteIsAllowedIn() {
        var preflight =
                BILLING.send(
                        BILLING.request("/api/v1/session")
                                .header("Origin", "https://evil.example")
                                .header("Access-Control-Request-Method", "POST")
                                .method("OPTIONS", BodyPublishers.noBody()));

        assertThat(preflight.statusCode()).as(preflight.body()).isEqualTo(200);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    }

    /** Full-width, Cyrillic, with an invisible character, decomposed, in capitals. */
    @ParameterizedTest
    @ValueSource(strings = {"ａcme", "аcme", "ac\u200bme", "acme\u0301", "ACME", "acme "})
    void aTenantIsNotFoundByALookAlike(String name) {
        var path = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        var answer = BILLING.get("/api/v1/tenants/" + path + "/balance");

        assertThat(answer.statusCode()).as(answer.body()).isIn(400, 404);
    }
}
