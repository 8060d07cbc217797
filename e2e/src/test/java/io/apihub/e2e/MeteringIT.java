package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.apihub.dev.modelserver.Served;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each request is booked once, with what the model server says it served. */
@ExtendWith(ProductExtension.class)
@Execution(ExecutionMode.CONCURRENT)
class MeteringIT {

    /** Of {@link Product#DIRECT}, whose upstream is not known to keep to a request's maximum. */
    private static final long MOST_OUTPUT = 4096;

    private static Product product;
    private static Customer customer;

    @BeforeAll
    static void customer(Product shared) {
        product = shared;
        customer = shared.customer();
    }

    /** The one row of the request whose id an answer or the model server tells. */
    private static JsonNode row(String requestId) {
        assertThat(requestId).isNotEmpty();
        Billing.until("the row of " + requestId, () -> !rows(requestId).isEmpty());
        var rows = rows(requestId);
        assertThat(rows).hasSize(1);
        return rows.getFirst();
    }

    private static List<JsonNode> rows(String requestId) {
        return product.billing().usage(customer.name()).stream()
                .filter(row -> row.path("requestId").asText().equals(requestId))
                .toList();
    }

    private static void measured(JsonNode row, Served served) {
        assertThat(row.path("outcome").asText()).as("%s", row).isEqualTo("measured");
        assertThat(row.path("estimated").asBoolean()).isFalse();
        JsonNode tokens = row.path("tokens");
        assertThat(tokens.path("input").asLong()).as("%s", row).isEqualTo(served.inputTokens());
        assertThat(tokens.path("cachedInput").asLong())
                .as("%s", row)
                .isEqualTo(served.cachedTokens());
        assertThat(tokens.path("output").asLong()).as("%s", row).isEqualTo(served.outputTokens());
        assertThat(row.path("costMicros").asLong()).isEqualTo(Prices.cost(served));
    }

    @ParameterizedTest
    @CsvSource({
        "CHAT, false", "CHAT, true", "COMPLETIONS, false", "COMPLETIONS, true",
        "RESPONSES, false", "RESPONSES, true", "MESSAGES, false", "MESSAGES, true",
        "GEMINI, false", "GEMINI, true",
    })
    void whatWasServedIsWhatIsCharged(Call call, boolean stream) {
        for (String model : List.of(Product.DIRECT, Product.MODEL)) {
            String tag = Lane.tag();
            Lane lane = customer.lane(model);

            var answer =
                    call.send(
                            lane,
                            Lane.prompt(tag, "hi [[words=7]] [[cached=3]] [[reasoning=2]]"),
                            stream);

            assertThat(answer.status()).as("%s", answer).isEqualTo(200);
            JsonNode row = row(answer.header("x-request-id"));
            measured(row, lane.served(tag));
            assertThat(row.path("dialect").asText()).isEqualTo(call.dialect());
            assertThat(row.path("model").asText()).isEqualTo(model);
            assertThat(row.path("stream").asBoolean()).isEqualTo(stream);
            assertThat(row.path("key").asText()).isEqualTo("robot");
        }
    }

    @Test
    void cacheWritesAreCountedApart() {
        String tag = Lane.tag();
        Lane lane = customer.lane(Product.DIRECT);

        for (boolean stream : new boolean[] {false, true}) {
            String text = "a b c [[cache-write=2]] [[cache-write-1h=3]] [[cached=1]]";
            var answer = Call.MESSAGES.send(lane, Lane.prompt(tag + stream, text), stream);

            Served served = lane.served(tag + stream);
            JsonNode row = row(answer.header("x-request-id"));
            measured(row, served);
            long write = row.at("/tokens/cacheWrite").asLong();
            long write1h = row.at("/tokens/cacheWrite1h").asLong();
            assertThat(write).isEqualTo(2);
            assertThat(write1h).isEqualTo(3);
        }
    }

    @Test
    void severalChoicesAreCounted() {
        String tag = Lane.tag();
        Lane lane = customer.lane(Product.DIRECT);
        String body = Call.CHAT.body(Product.DIRECT, Lane.prompt(tag, "hi [[words=5]]"), false);

        var answer =
                product.http()
                        .bearer(customer.key())
                        .post("/v1/chat/completions", body.replaceFirst("\\{", "{\"n\":3,"));

        assertThat(lane.served(tag).outputTokens()).isEqualTo(15);
        measured(row(answer.header("x-request-id")), lane.served(tag));
    }

    @Test
    void countingTokensCostsNothing() {
        var answer =
                Call.MESSAGES
                        .with(product.http(), customer.key())
                        .post(
                                "/v1/messages/count_tokens",
                                Call.MESSAGES.body(Product.DIRECT, "a b c", false));

        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.json().path("input_tokens").asInt()).isEqualTo(6);
        assertThat(row(answer.header("x-request-id")).path("costMicros").asLong()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void anUpstreamThatFailsCostsNothing(Call call) {
        for (boolean stream : new boolean[] {false, true}) {
            var answer = call.send(customer.lane(Product.DIRECT), "[[fail=500]]", stream);

            assertThat(answer.status()).as("%s", answer).isEqualTo(500);
            JsonNode row = row(answer.header("x-request-id"));
            assertThat(row.path("outcome").asText()).as("%s", row).isEqualTo("voided");
            assertThat(row.path("costMicros").asLong()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "CHAT, false",
        "CHAT, true",
        "COMPLETIONS, false",
        "COMPLETIONS, true",
        "RESPONSES, false",
        "RESPONSES, true",
        "MESSAGES, false",
        "MESSAGES, true",
        "GEMINI, false",
        "GEMINI, true",
    })
    void usageThatIsMissingIsEstimatedAndFlagged(Call call, boolean stream) {
        var answer = call.send(customer.lane(Product.DIRECT), "[[words=40]] [[no-usage]]", stream);

        JsonNode row = row(answer.header("x-request-id"));
        assertThat(row.path("outcome").asText()).as("%s", row).isEqualTo("estimated");
        assertThat(row.path("estimated").asBoolean()).isTrue();
        assertThat(row.at("/tokens/output").asLong()).isPositive();
        assertThat(row.path("costMicros").asLong()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"negative", "huge", "nan", "string"})
    void absurdUsageIsNeverBelieved(String kind) {
        for (Call call : Call.values()) {
            for (boolean stream : new boolean[] {false, true}) {
                String text = "[[absurd-usage=%s]]".formatted(kind);
                var answer = call.send(customer.lane(Product.DIRECT), text, stream);

                JsonNode row = row(answer.header("x-request-id"));
                assertThat(row.path("outcome").asText())
                        .as("%s %s %s", call, stream, row)
                        .isEqualTo("quarantined");
                assertThat(row.path("estimated").asBoolean()).isTrue();
                assertThat(row.path("costMicros").asLong())
                        .as("%s %s %s", call, stream, row)
                        .isEqualTo(hold(call.body(Product.DIRECT, text, stream)));
                assertThat(row.path("overageMicros").asLong()).isZero();
            }
        }
    }

    /** The most that it can cost: a token for each byte, and all that the model may write. */
    private static long hold(String body) {
        return Prices.cost(body.getBytes(StandardCharsets.UTF_8).length, 0, MOST_OUTPUT);
    }

    private static void hangUpAt(Call call, String text, String last) throws IOException {
        assertThat(seen(call, text, last)).as("the line with %s", last).isTrue();
    }

    /**
     * Reads a stream until a line contains {@code last}, then hangs up; false if there is none
     * until its end.
     */
    private static boolean seen(Call call, String text, String last) throws IOException {
        String body = call.body(Product.DIRECT, text, true);
        String head =
                "POST %s HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer %s\r\n"
                                .formatted(call.path(Product.DIRECT, true), customer.key())
                        + "content-type: application/json\r\ncontent-length: "
                        + body.getBytes(StandardCharsets.UTF_8).length
                        + "\r\n\r\n";
        int port = product.stack().url().getPort();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.UTF_8));
            var reader =
                    new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String line = reader.readLine();
            while (line != null && !line.contains(last)) {
                line = reader.readLine();
            }
            return line != null;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "CHAT, [DONE]",
        "COMPLETIONS, [DONE]",
        "RESPONSES, response.completed",
        "MESSAGES, message_stop",
        "GEMINI, STOP",
    })
    void hangingUpAtTheEndIsMeasured(Call call, String last) throws IOException {
        String tag = Lane.tag();

        hangUpAt(call, Lane.prompt(tag, "[[words=9]] [[hang-after-done=3s]]"), last);

        Served served = customer.lane(Product.DIRECT).served(tag);
        measured(row(served.receivedHeaders().getOrDefault("x-request-id", "")), served);
    }

    @ParameterizedTest
    @EnumSource
    void hangingUpInTheMiddleIsOneEstimate(Call call) throws IOException {
        String tag = Lane.tag();

        hangUpAt(call, Lane.prompt(tag, "[[words=60]] [[delay=50ms]]"), "APIHub");

        Served served = customer.lane(Product.DIRECT).served(tag);
        assertThat(served.completed()).isFalse();
        JsonNode row = row(served.receivedHeaders().getOrDefault("x-request-id", ""));
        assertThat(row.path("outcome").asText()).as("%s", row).isEqualTo("estimated");
        assertThat(row.path("estimated").asBoolean()).isTrue();
        assertThat(row.at("/tokens/output").asLong()).as("%s", row).isBetween(1L, 200L);
    }

    @ParameterizedTest
    @EnumSource
    void anUpstreamThatBreaksOffIsOneEstimate(Call call) throws IOException {
        String tag = Lane.tag();
        String text = Lane.prompt(tag, "[[words=60]] [[cut-after=8]]");

        // The gateway ends the stream as its upstream does.
        assertThat(seen(call, text, "no such line")).isFalse();

        Served served = customer.lane(Product.DIRECT).served(tag);
        JsonNode row = row(served.receivedHeaders().getOrDefault("x-request-id", ""));
        assertThat(row.path("outcome").asText()).as("%s", row).isEqualTo("estimated");
        assertThat(row.at("/tokens/output").asLong()).isPositive();
    }

    @Test
    void ledgerAndBalanceMatchToTheMicroUnit() {
        var own = product.customer("{mode: Prepaid}", "3.5", "");
        long cost = 0;
        int requests = 0;
        for (Call call : Call.values()) {
            for (boolean stream : new boolean[] {false, true}) {
                String tag = Lane.tag();
                String text = Lane.prompt(tag, "hi [[words=%d]]".formatted(11 + requests));
                assertThat(call.send(own.lane(Product.MODEL), text, stream).status())
                        .isEqualTo(200);
                cost += Prices.cost(own.lane(Product.MODEL).served(tag));
                requests++;
            }
        }

        var rows = product.billing().awaitUsage(own.name(), requests);

        assertThat(rows.stream().mapToLong(r -> r.path("costMicros").asLong()).sum())
                .isEqualTo(cost);
        Billing.until(
                "the books to agree",
                () -> {
                    Reconciliation.of(product, own).money(3_500_000);
                    return true;
                });
        assertThat(product.billing().balanceMicros(own.name())).isEqualTo(3_500_000 - cost);
    }
}
