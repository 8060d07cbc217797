package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The rows of the error contract about money and limits, like {@link ErrorContractIT}. */
@ExtendWith(ProductExtension.class)
@Execution(ExecutionMode.CONCURRENT)
class LimitContractIT {

    private static final String QUOTA =
            """
            apiVersion: apihub.io/v1alpha1
            kind: Quota
            metadata: {name: tight, namespace: NAME}
            spec:
              tenantRef: {name: NAME}
              limits:
              - LIMIT
            """;

    private static final String BUDGETS =
            """
            apiVersion: apihub.io/v1alpha1
            kind: Quota
            metadata: {name: tight, namespace: NAME}
            spec:
              tenantRef: {name: NAME}
              limits:
              - {name: month, metric: Requests, window: Month, amount: 1, models: [demo-direct]}
              - {name: ever, metric: Requests, window: Total, amount: 1, models: [demo-gpt]}
              - {name: small, metric: OutputTokens, window: Minute, amount: 50, models: [demo-contract]}
            """;

    private static Product product;
    private static Refusals refusals;

    @BeforeAll
    static void product(Product shared) {
        product = shared;
        refusals = new Refusals(shared);
    }

    @AfterAll
    static void noUpstreamWasTouched() {
        refusals.unheard();
    }

    @Test
    void whenTheTenantHasNoMoney() {
        var poor = product.customer("{mode: Prepaid}", "", "");

        for (Call call : Call.values()) {
            refusals.check(
                    Refusal.noMoney("balance_exhausted"),
                    call,
                    refusals.ask(call, poor.key(), Product.DIRECT));
        }
    }

    @Test
    void whenABudgetIsUsedUpOrTooSmall() {
        refusals.declareModels();
        var bounded = product.customer("{mode: Prepaid}", "100", BUDGETS);
        product.kubectl().await(bounded.name(), "quota/tight", "Programmed");

        usedUp(bounded, Product.DIRECT, Refusal.usedUp(), "tight/month");
        usedUp(bounded, Product.MODEL, Refusal.noMoney("total_exhausted"), "tight/ever");
        for (Call call : Call.values()) {
            var answer = refusals.ask(call, bounded.key(), "demo-contract");
            refusals.check(Refusal.overLimit(), call, answer);
            assertThat(answer.header("x-apihub-limit")).isEqualTo("tight/small");
        }
    }

    /** Uses up a limit of one request. */
    private static void usedUp(Customer bounded, String model, Refusal refusal, String limit) {
        var served = new AtomicInteger();
        Billing.until(
                "the limit to be used up",
                () -> {
                    var answer = refusals.ask(Call.CHAT, bounded.key(), model);
                    served.addAndGet(answer.status() == 200 ? 1 : 0);
                    return answer.header("x-apihub-reason").equals(refusal.reason());
                });
        assertThat(served).hasValue(1);
        for (Call call : Call.values()) {
            var answer = refusals.ask(call, bounded.key(), model);
            refusals.check(refusal, call, answer);
            assertThat(answer.header("x-apihub-limit")).as("%s", answer).isEqualTo(limit);
        }
    }

    @Test
    void whenRequestsComeTooFast() {
        String limits =
                """
                {name: rpm, metric: Requests, window: Minute, amount: 2}
                  - {name: tpm, metric: TotalTokens, window: Minute, amount: 60000}\
                """;
        var hasty = product.customer("{mode: Prepaid}", "100", QUOTA.replace("LIMIT", limits));
        product.kubectl().await(hasty.name(), "quota/tight", "Programmed");

        standing(Call.CHAT, served(Call.CHAT, hasty), 1);
        standing(Call.MESSAGES, served(Call.MESSAGES, hasty), 0);
        for (Call call : Call.values()) {
            var answer = refusals.ask(call, hasty.key(), Product.DIRECT);
            refusals.check(Refusal.tooFast("rate_limited"), call, answer);
            standing(call, answer, 0);
            assertThat(answer.header("x-apihub-limit")).isEqualTo("tight/rpm");
        }
        theSdksKnowThatTheyAreTooFast(hasty);
        var unlimited = refusals.ask(Call.CHAT, hasty.key(), "no-such-model");
        assertThat(unlimited.whole().headers().map().keySet())
                .as("what is refused before limits are looked at tells of none")
                .noneMatch(header -> header.contains("ratelimit"));
    }

    private static Http.Answer served(Call call, Customer hasty) {
        var answer = refusals.ask(call, hasty.key(), Product.DIRECT);
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer;
    }

    /** What an answer must say of the limits of requests and tokens. */
    private static void standing(Call call, Http.Answer answer, int requestsLeft) {
        boolean anthropic = call == Call.MESSAGES;
        String name = anthropic ? "anthropic-ratelimit-%2$s-%1$s" : "x-ratelimit-%s-%s";
        String reset = anthropic ? "\\d{4}-\\d\\d-\\d\\dT[\\d:]{8}Z" : "(\\d+m)?\\d+(s|ms)";
        assertThat(answer.header(name.formatted("limit", "requests"))).isEqualTo("2");
        assertThat(answer.header(name.formatted("remaining", "requests")))
                .isEqualTo("" + requestsLeft);
        assertThat(answer.header(name.formatted("reset", "requests"))).matches(reset);
        assertThat(answer.header(name.formatted("limit", "tokens"))).isEqualTo("60000");
        assertThat(Long.parseLong(answer.header(name.formatted("remaining", "tokens"))))
                .as("%s", answer)
                .isBetween(30_000L, 60_000L);
        assertThat(answer.header(name.formatted("reset", "tokens"))).matches(reset);
        String others = anthropic ? "x-ratelimit-" : "anthropic-ratelimit-";
        assertThat(answer.whole().headers().map().keySet())
                .noneMatch(header -> header.startsWith(others));
    }

    private static void theSdksKnowThatTheyAreTooFast(Customer hasty) {
        assertThatExceptionOfType(com.openai.errors.RateLimitException.class)
                .isThrownBy(() -> Sdks.chat(hasty.lane(Product.DIRECT), "hi"))
                .satisfies(e -> assertThat(e.code()).contains("rate_limit_exceeded"))
                .satisfies(e -> assertThat(e.headers().values("retry-after")).hasSize(1));
        assertThatExceptionOfType(com.anthropic.errors.RateLimitException.class)
                .isThrownBy(() -> Sdks.message(hasty.lane(Product.DIRECT), "hi"))
                .withMessageContaining("rate_limit_error")
                .satisfies(e -> assertThat(e.headers().values("retry-after")).hasSize(1));
    }

    @Test
    void whenTooManyRequestsRunAtOnce() throws IOException {
        String limit = "{name: busy, metric: Concurrency, amount: 1}";
        var busy = product.customer("{mode: Prepaid}", "100", QUOTA.replace("LIMIT", limit));
        product.kubectl().await(busy.name(), "quota/tight", "Programmed");

        try (var _ = OpenStream.of(busy, "[[words=180]] [[delay=100ms]]")) {
            for (Call call : Call.values()) {
                refusals.check(
                        Refusal.tooFast("concurrency_limited"),
                        call,
                        refusals.ask(call, busy.key(), Product.DIRECT));
            }
        }
        product.awaitServing(busy, Product.DIRECT);
    }
}
