package io.apihub.dev.smoke;

import java.net.http.HttpResponse;
import java.util.Map;

/** Sees limits refuse, with what the error contract promises. */
final class Limiting {

    private static final int PER_MINUTE = 5;

    private final Scene scene;

    Limiting(Scene scene) {
        this.scene = scene;
    }

    void run(Steps steps) throws InterruptedException {
        steps.step("five requests a minute, not six", this::requestsPerMinute);
        steps.step(
                "an empty account, OpenAI",
                () -> refused(Ask.chat(false), scene.keys().empty(), 429, "insufficient_quota"));
        steps.step(
                "an empty account, Anthropic",
                () -> refused(Ask.messages(false), scene.keys().empty(), 402, "billing_error"));
        steps.step(
                "an unknown key",
                () -> refused(Ask.chat(false), "sk-hub_nonsense", 401, "invalid_api_key"));
    }

    private String requestsPerMinute() throws Exception {
        for (int i = 0; i < PER_MINUTE; i++) {
            var prompt = Scene.tagged("limited-" + i, "[[words=2]] hello");
            var answer = ask(Ask.chat(false), prompt, scene.keys().limited());
            Failure.unlessEqual("status of request " + i, 200, answer.statusCode());
        }
        var answer = ask(Ask.chat(false), "hello", scene.keys().limited());
        Failure.unlessEqual("status of the sixth", 429, answer.statusCode());
        for (var header :
                Map.of(
                                "x-ratelimit-limit-requests", Integer.toString(PER_MINUTE),
                                "x-ratelimit-remaining-requests", "0",
                                "x-apihub-limit", "slow/rpm",
                                "x-should-retry", "true")
                        .entrySet()) {
            Failure.unlessEqual(
                    header.getKey(), header.getValue(), header(answer, header.getKey()));
        }
        int seconds = Integer.parseInt(header(answer, "retry-after"));
        Failure.unless(seconds >= 1 && seconds <= 60, "retry-after: " + seconds);
        Failure.unless(answer.body().contains("rate_limit_exceeded"), answer.body());
        return "429 rate_limit_exceeded, retry after %d s".formatted(seconds);
    }

    private String refused(Ask ask, String key, int status, String code) throws Exception {
        var answer = ask(ask, "hello", key);
        Failure.unlessEqual("status, " + answer.body(), status, answer.statusCode());
        Failure.unless(answer.body().contains(code), "no " + code + " in " + answer.body());
        Failure.unlessEqual("x-should-retry", "false", header(answer, "x-should-retry"));
        return status + " " + code + ", " + header(answer, "x-apihub-reason");
    }

    private HttpResponse<String> ask(Ask ask, String prompt, String key) throws Exception {
        return scene.gateway().ask(ask, Scene.DIRECT_MODEL, prompt, key);
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse("(absent)");
    }
}
