package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.dev.modelserver.Served;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must not be reachable is not, and no credential travels on. */
@ExtendWith(ProductExtension.class)
class ClosedPathsIT {

    private static Product product;
    private static Customer customer;

    @BeforeAll
    static void customer(Product shared) {
        product = shared;
        customer = shared.customer();
    }

    /** One raw request, since every HTTP client would tidy the path up. */
    private static RawHttp.Answer raw(String method, String path, String... headers)
            throws IOException {
        String head =
                method
                        + " "
                        + path
                        + " HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
                        + "authorization: Bearer "
                        + customer.key()
                        + "\r\n"
                        + String.join("", List.of(headers).stream().map(h -> h + "\r\n").toList())
                        + "\r\n";
        return RawHttp.send(product.stack().url().getPort(), head);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v0/management/config",
                "/v0/management/usage-queue",
                "/v0/management",
                "/v0/resource/plugins",
                "/management.html",
                "/keep-alive",
                "/anthropic/callback",
                "/codex/callback",
                "/v1/ws",
                "/v1/realtime",
                "/v1/alpha/search",
                "/v1/unknown",
                "/v1beta/interactions",
                "/backend-api/codex/responses",
                "/served",
                "/v1/../v0/management/config",
                "/v1/chat/completions/../../../v0/management/config",
                "/v1/./../v0/management/config",
                "/v1/%2e%2e/v0/management/config",
                "/v1/%2E%2E/v0/management/config",
                "//v0/management/config",
                "/v1//../v0/management/config",
                "/v1%2fchat%2fcompletions",
                "/v1/models%2f..%2f..%2fv0%2fmanagement%2fconfig",
                "/v1/models/..%5c..%5cv0%5cmanagement",
                "/V0/management/config",
                "/v1/chat/completions/",
                "/v1/chat/completions/more",
                "/v1/chat/completions;x=/v0/management",
            })
    void isClosed(String path) throws IOException {
        for (String method : new String[] {"GET", "POST", "PUT", "DELETE", "PATCH"}) {
            var answer = raw(method, path, "content-length: 0");

            assertThat(answer.status()).as("%s %s: %s", method, path, answer).isIn(400, 404, 405);
            assertThat(answer.toString().toLowerCase(Locale.ROOT))
                    .doesNotContain("x-cpa-", "cliproxy");
        }
        assertThat(product.served()).noneMatch(s -> odd(s));
    }

    private static boolean odd(Served served) {
        String path = served.pathOnly();
        return !List.of(
                                "/v1/chat/completions",
                                "/v1/completions",
                                "/v1/responses",
                                "/v1/messages",
                                "/v1/messages/count_tokens",
                                "/v1/embeddings")
                        .contains(path)
                && !path.matches("/v1beta/models/[^/:]+:(g|streamG)enerateContent");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "OPTIONS", "TRACE"})
    void aModelRouteTakesPostOnly(String method) throws IOException {
        int status = raw(method, "/v1/chat/completions", "content-length: 0").status();

        assertThat(status).isIn(400, 404, 405);
    }

    @Test
    void anUpgradeIsRefused() throws IOException {
        var answer =
                raw(
                        "GET",
                        "/v1/responses",
                        "connection: upgrade",
                        "upgrade: websocket",
                        "sec-websocket-version: 13",
                        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==");

        assertThat(answer.status()).as("%s", answer).isIn(400, 403, 404);
    }

    @Test
    void forgedHeadersChooseNoPoolAndTravelNowhere() {
        String tag = Lane.tag();
        var answer =
                product.http()
                        .bearer(customer.key())
                        .header("x-apihub-pool", "pool/forged")
                        .header("x-apihub-reason", "forged")
                        .header("x-apihub-limit", "forged")
                        .header("x-apihub-max-tokens-clamped", "1")
                        .header("X-ApiHub-Of-Another-Version", "forged")
                        .header("x-envoy-external-address", "192.0.2.1")
                        .header("x-forwarded-for", "192.0.2.1")
                        .header("cookie", "session=1")
                        .post(
                                "/v1/chat/completions",
                                Call.CHAT.body(Product.DIRECT, Lane.prompt(tag, "hi"), false));

        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        Served served = customer.lane(Product.DIRECT).served(tag);
        assertThat(served.receivedHeaders().keySet())
                .noneMatch(name -> name.startsWith("x-apihub-"))
                .doesNotContain("cookie", "x-forwarded-for", "x-envoy-external-address");
        assertThat(served.receivedHeaders().values()).noneMatch(v -> v.contains("192.0.2.1"));
        Billing.until("its row", () -> !product.billing().usage(customer.name()).isEmpty());
        assertThat(product.billing().usage(customer.name()))
                .noneMatch(row -> row.path("clientAddress").asText().contains("192.0.2"));
    }

    @Test
    void aForgedPoolDoesNotHelpSomebodyWithoutAKey() {
        var answer =
                product.http()
                        .header("x-apihub-pool", "pool/forged")
                        .post("/v1/chat/completions", Call.CHAT.body(Product.DIRECT, "hi", false));

        assertThat(answer.status()).isEqualTo(401);
    }

    @Test
    void aBodyOfUnknownLengthIsNotReadWithoutAKey() throws IOException {
        String endless =
                """
                POST /v1/chat/completions HTTP/1.1
                host: localhost
                content-type: application/json
                transfer-encoding: chunked

                d
                {"model":"m",
                """;

        var answer = RawHttp.send(product.stack().url().getPort(), endless.replace("\n", "\r\n"));

        assertThat(answer.status()).as("%s", answer).isEqualTo(401);
        assertThat(answer.header("x-apihub-reason")).isEqualTo("missing_key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"key", "auth_token"})
    void aKeyInTheQueryWorksButReachesNoUpstream(String parameter) {
        String tag = Lane.tag();
        String path =
                Call.GEMINI.path(Product.DIRECT, true) + "&" + parameter + "=" + customer.key();

        var answer =
                product.http()
                        .post(path, Call.GEMINI.body(Product.DIRECT, Lane.prompt(tag, "hi"), true));

        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        Served served = customer.lane(Product.DIRECT).served(tag);
        assertThat(served.path()).endsWith(":streamGenerateContent?alt=sse");
    }

    @Test
    void theClientsKeyIsReplacedByOurs() throws IOException {
        for (Call call : Call.values()) {
            String tag = Lane.tag();
            var answer = call.send(customer.lane(Product.DIRECT), Lane.prompt(tag, "hi"), false);

            assertThat(answer.status()).as("%s", answer).isEqualTo(200);
            Served served = customer.lane(Product.DIRECT).served(tag);
            String own = Digests.of(customer.key());
            assertThat(served.receivedHeaders()).containsKey("authorization");
            assertThat(served.receivedHeaders().values()).doesNotContain(own);
            assertThat(served.receivedHeaders().keySet())
                    .doesNotContain("x-api-key", "x-goog-api-key");
        }
    }

    @Test
    void theSameKeyTwiceIsNoContradiction() {
        var answer =
                product.http()
                        .bearer(customer.key())
                        .header("x-api-key", customer.key())
                        .post("/v1/messages", Call.MESSAGES.body(Product.DIRECT, "hi", false));

        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
    }

    @Test
    void theAdministratorsApiNeedsItsToken() {
        assertThat(product.http().get("/api/v1/usage").status()).isEqualTo(401);
        assertThat(product.http().bearer(customer.key()).get("/api/v1/usage").status())
                .isIn(401, 403);
    }
}
