package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.dev.modelserver.Served;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Near the end of what a limit or an account has, a request goes upstream with a smaller maximum of
 * output tokens, which the upstream keeps to: in each dialect, through a real Envoy.
 */
@ExtendWith(ProductExtension.class)
@Execution(ExecutionMode.CONCURRENT)
class ClampIT {

    private static final String MODEL = "demo-obeys";

    private static final String UPSTREAM =
            """
            apiVersion: apihub.io/v1alpha1
            kind: Upstream
            metadata: {name: obeys}
            spec:
              url: MODEL_SERVER
              protocols: [OpenAIChat, OpenAIResponses, AnthropicMessages, Gemini, OpenAIOther]
              credential: {secretRef: {name: modelserver}}
              enforcesMaxTokens: true
              models:
              - {name: demo-obeys, contextTokens: 128000, maxOutputTokens: 4096}
            """;

    private static final long BUDGET = 400;

    private static final String QUOTA =
            """
            apiVersion: apihub.io/v1alpha1
            kind: Quota
            metadata: {name: little, namespace: NAME}
            spec:
              tenantRef: {name: NAME}
              limits:
              - {name: out, metric: OutputTokens, window: Total, amount: 400}
            """;

    private static Product product;

    @BeforeAll
    static void upstream(Product shared) {
        product = shared;
        var modelServer = product.stack().modelServerUrl().toString();
        product.kubectl().apply(UPSTREAM.replace("MODEL_SERVER", modelServer)).ok();
        product.kubectl().await("", "upstream/obeys", "Programmed");
    }

    /** A thousand output tokens are asked for, and the answer would be six hundred. */
    @ParameterizedTest
    @EnumSource
    void theUpstreamHearsWhatIsLeftAndKeepsToIt(Call call) {
        var customer = product.customer("{mode: Prepaid}", "100", QUOTA);
        product.kubectl().await(customer.name(), "quota/little", "Programmed");
        var lane = customer.lane(MODEL);
        String tag = Lane.tag();

        var answer = call.send(lane, Lane.prompt(tag, "hi [[words=600]]"), false);

        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.header("x-apihub-max-tokens-clamped")).isEqualTo("" + BUDGET);
        Served served = lane.served(tag);
        assertThat(served.outputTokens()).isEqualTo(BUDGET);
        Billing.until(
                "its row",
                () ->
                        product.billing().usage(customer.name()).stream()
                                .anyMatch(row ->
                                        row.at("/tokens/output").asLong() == BUDGET
                                                && row.path("outcome")
                                                        .asText()
                                                        .equals("measured")));
        var refused = call.send(lane, "hi", false);
        assertThat(refused.header("x-apihub-limit")).as("%s", refused).isEqualTo("little/out");
    }
}
