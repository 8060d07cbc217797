package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Requests that are refused, and of which no upstream may have heard. */
final class Refusals {

    /** Says the same of the demo's models as the demo's own book, and nothing of others. */
    private static final String UNPRICED =
            """
            apiVersion: apihub.io/v1alpha1
            kind: Upstream
            metadata: {name: contract}
            spec:
              url: MODEL_SERVER
              protocols: [OpenAIChat, OpenAIResponses, AnthropicMessages, Gemini, OpenAIOther]
              credential: {secretRef: {name: modelserver}}
              models:
              - {name: unpriced, contextTokens: 128000, maxOutputTokens: 4096}
              - {name: demo-contract, contextTokens: 128000, maxOutputTokens: 4096}
              - {name: demo-media, contextTokens: 128000, maxOutputTokens: 4096}
            ---
            apiVersion: apihub.io/v1alpha1
            kind: PriceBook
            metadata: {name: contract}
            spec:
              currency: CNY
              effectiveFrom: "2026-01-01T00:00:01Z"
              prices:
              - {model: demo-media, input: "10", cachedInput: "2.5", output: "30", perRequest: "0.01"}
              - {model: "demo-*", input: "10", cachedInput: "2.5", output: "30"}
            """;

    private final Product product;

    /** Ids and tags of requests, by which the model server would know them. */
    private final Set<String> refused = ConcurrentHashMap.newKeySet();

    private final Set<String> served = ConcurrentHashMap.newKeySet();

    Refusals(Product product) {
        this.product = product;
    }

    /** Asks, and remembers which way it went. */
    Http.Answer ask(Call call, String key, String model) {
        String tag = Lane.tag();
        var answer = call.send(product.lane(key, model), Lane.prompt(tag, "hi"), false);
        var marks = answer.status() == 200 ? served : refused;
        marks.add(tag);
        if (model.equals(Product.DIRECT)) {
            marks.add(answer.header("x-request-id"));
        }
        return answer;
    }

    /** Checks an answer that must be a refusal, and remembers the request. */
    void check(Refusal refusal, Call call, Http.Answer answer) {
        refusal.check(call, answer);
        refused.add(answer.header("x-request-id"));
    }

    /** Once what was served is in the model server's log, nothing that was refused is there. */
    void unheard() {
        Billing.until("the log of what was served", () -> heard().containsAll(served));
        assertThat(refused).isNotEmpty().doesNotContain("");
        assertThat(heard()).doesNotContainAnyElementsOf(refused);
    }

    private Set<String> heard() {
        var marks = new HashSet<String>();
        for (var one : product.served()) {
            marks.add(one.tag());
            marks.add(one.receivedHeaders().getOrDefault("x-request-id", ""));
        }
        marks.remove("");
        return marks;
    }

    /**
     * Makes {@code demo-contract}, {@code unpriced} and {@code demo-media}, which has a price for
     * each request, known; repeating it changes nothing.
     */
    void declareModels() {
        var modelServer = product.stack().modelServerUrl().toString();
        product.kubectl().apply(UNPRICED.replace("MODEL_SERVER", modelServer)).ok();
        product.kubectl().await("", "upstream/contract", "Programmed");
    }
}
