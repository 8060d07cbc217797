package io.apihub.dev.smoke;

import com.fasterxml.jackson.databind.JsonNode;
import io.apihub.dev.process.Await;
import io.apihub.dev.stack.Demo;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/** Asks in every dialect, JSON and streamed, and compares each usage record with the truth. */
final class Serving {

    /** Beyond this it is broken and not only slow; {@link Promise} says what is slow. */
    private static final Duration PROMPT = Duration.ofSeconds(5);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Scene scene;
    private final ServedLines served;

    Serving(Scene scene) {
        this.scene = scene;
        this.served = new ServedLines(scene.stack().servedLog());
    }

    void run(Steps steps) throws InterruptedException {
        for (var stream : List.of(false, true)) {
            for (var ask : asks(stream)) {
                ask(steps, ask, stream, Demo.MODEL, "");
            }
        }
        for (var stream : List.of(false, true)) {
            for (var ask : asks(stream)) {
                ask(steps, ask, stream, Scene.DIRECT_MODEL, "[[cached=3]] ");
            }
        }
        steps.step("the minted key works", this::mintedKey);
    }

    private static List<Ask> asks(boolean stream) {
        return List.of(
                Ask.chat(stream), Ask.responses(stream), Ask.messages(stream), Ask.gemini(stream));
    }

    private void ask(Steps steps, Ask ask, boolean stream, String model, String directive)
            throws InterruptedException {
        var form = stream ? "stream" : "json";
        var tag = "%s-%s-%s".formatted(model, ask.name().replace('/', '-'), form);
        var prompt = Scene.tagged(tag, directive + "[[words=20]] say something");
        steps.step(
                "%s %s %s".formatted(ask.name(), form, model),
                () -> {
                    var answer = scene.gateway().ask(ask, model, prompt, scene.keys().own());
                    Failure.unless(answer.statusCode() == 200, "answer: " + answer.body());
                    var requestId = answer.headers().firstValue("x-request-id").orElse("");
                    return compared(model, tag, requestId);
                });
    }

    private String compared(String model, String tag, String requestId) throws Exception {
        var took =
                Await.until(
                        "the usage record of " + tag,
                        PATIENCE,
                        () -> !scene.usageOf(requestId).isEmpty());
        var records = scene.usageOf(requestId);
        Failure.unlessEqual("usage records of " + tag, 1, records.size());
        var truth = Tokens.served(served.tagged(tag));
        var metered = Tokens.metered(records.getFirst());
        Failure.unlessEqual("tokens of " + tag, truth, metered);
        var cost = checkedCost(model, records.getFirst(), truth);
        Failure.unless(took.compareTo(PROMPT) < 0, "the usage record took " + took);
        return "%d in, %d out, cost %s, recorded after %s"
                .formatted(
                        truth.input() + truth.cachedInput(),
                        truth.output(),
                        cost.toPlainString(),
                        Promise.millis(took));
    }

    private static BigDecimal checkedCost(String model, JsonNode record, Tokens truth) {
        var expected = Book.cost(model, truth);
        var charged = new BigDecimal(record.path("cost").asText());
        Failure.unless(
                expected.compareTo(charged) == 0,
                "cost: expected %s, not %s".formatted(expected, charged));
        Failure.unless(!record.path("estimated").asBoolean(), "the usage is an estimate");
        return charged;
    }

    private String mintedKey() throws Exception {
        var encoded =
                scene.kubectl()
                        .run(
                                "",
                                "get",
                                "secret",
                                "minted-key",
                                "-n",
                                Scene.TENANT,
                                "-o",
                                "jsonpath={.data.api-key}");
        var key = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        var prompt = Scene.tagged("minted", "[[words=4]] hello");
        var answer = scene.gateway().ask(Ask.chat(false), Scene.DIRECT_MODEL, prompt, key);
        Failure.unlessEqual("status with the minted key", 200, answer.statusCode());
        var requestId = answer.headers().firstValue("x-request-id").orElse("");
        return compared(Scene.DIRECT_MODEL, "minted", requestId);
    }
}
