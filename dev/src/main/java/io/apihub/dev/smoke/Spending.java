package io.apihub.dev.smoke;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.apihub.dev.process.Await;
import io.apihub.dev.stack.Demo;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;

/**
 * Somebody with little money spends it, is told so in each dialect, redeems a code, and goes on.
 */
final class Spending {

    /** Until the gateways have heard of new credit: at once, but on a starved machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** An answer that costs about a fifth of all that was paid. */
    private static final String LONG = "[[words=4000]] tell me all";

    private static final int MOST_ASKED = 60;

    /** "Not now", as OpenAI and Anthropic say it. */
    private static final Set<Integer> NOT_NOW = Set.of(503, 529);

    private static final String VALUE = "2";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Scene scene;
    private final Person person;
    private final String tenant;
    private final String key;

    /** With a key of the tenant. */
    Spending(Scene scene, Person person, String tenant, String key) {
        this.scene = scene;
        this.person = person;
        this.tenant = tenant;
        this.key = key;
    }

    void run(Steps steps) throws InterruptedException {
        steps.step("spend it, OpenAI", () -> spent(Ask.chat(false), 1, 429, "insufficient_quota"));
        // It says the most that it may take, which is less: some of what is left is enough.
        steps.step(
                "spend the rest, Anthropic",
                () -> spent(Ask.messages(false), 0, 402, "billing_error"));
        steps.step("redeem a code", this::redeemed);
        steps.step("and ask again", this::servedAgain);
    }

    /** One after the other, so that no request waits for what another holds. */
    private String spent(Ask ask, int atLeast, int status, String code) throws Exception {
        int served = 0;
        for (int asked = 0; asked < MOST_ASKED; asked++) {
            var answer = ask(ask, LONG);
            if (answer.statusCode() == 200) {
                served++;
            } else if (!NOT_NOW.contains(answer.statusCode())) {
                checkRefusal(answer, status, code);
                Failure.unless(served >= atLeast, "only %d answers".formatted(served));
                return "%d %s after %d answers".formatted(status, code, served);
            }
        }
        throw new Failure("asked %d times, and the money is not gone".formatted(MOST_ASKED));
    }

    private static void checkRefusal(HttpResponse<String> answer, int status, String code) {
        Failure.unlessEqual("status, " + answer.body(), status, answer.statusCode());
        Failure.unless(answer.body().contains(code), "no " + code + " in " + answer.body());
        Failure.unlessEqual("reason", "balance_exhausted", header(answer, "x-apihub-reason"));
        Failure.unlessEqual("x-should-retry", "false", header(answer, "x-should-retry"));
    }

    private String redeemed() throws Exception {
        var code = scene.billing().code(VALUE, "smoke-code");
        var typed = JSON.createObjectNode().put("code", code);
        var redeemed = person.post("/api/v1/tenants/" + tenant + "/redemptions", typed, 201);
        Failure.unlessEqual("value of the code", VALUE, redeemed.path("amount").asText());
        var balance = new BigDecimal(redeemed.path("balance").asText());
        Failure.unless(
                balance.compareTo(new BigDecimal(VALUE)) >= 0,
                "a code of %s makes a balance of %s".formatted(VALUE, balance));
        return "%s given, balance %s".formatted(VALUE, balance);
    }

    private String servedAgain() throws Exception {
        var took =
                Await.until(
                        "an answer after the code was redeemed",
                        PATIENCE,
                        () -> ask(Ask.chat(false), LONG).statusCode() == 200);
        return "200 after %d ms".formatted(took.toMillis());
    }

    private HttpResponse<String> ask(Ask ask, String prompt)
            throws IOException, InterruptedException {
        return scene.gateway().ask(ask, Demo.MODEL, prompt, key);
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse("(absent)");
    }
}
