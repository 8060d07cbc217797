package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.apihub.model.key.ApiKeySecret;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every row of the error contract over the wire, on every kind of route; and no upstream has heard
 * of any of it.
 */
@ExtendWith(ProductExtension.class)
@Execution(ExecutionMode.CONCURRENT)
class ErrorContractIT {

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

    /** Ids and tags of requests, by which the model server would know them. */
    private static final Set<String> REFUSED = ConcurrentHashMap.newKeySet();

    private static final Set<String> SERVED = ConcurrentHashMap.newKeySet();

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
            ---
            apiVersion: apihub.io/v1alpha1
            kind: PriceBook
            metadata: {name: contract}
            spec:
              currency: CNY
              effectiveFrom: "2026-01-01T00:00:01Z"
              prices:
              - {model: "demo-*", input: "10", cachedInput: "2.5", output: "30"}
            """;

    private static Product product;
    private static Customer customer;

    @BeforeAll
    static void customer(Product shared) {
        product = shared;
        customer = shared.customer();
    }

    @AfterAll
    static void noUpstreamWasTouched() {
        var last = ask(Call.CHAT, customer.key(), Product.DIRECT);
        SERVED.add(last.header("x-request-id"));
        Billing.until("the log of what was served", () -> heard().containsAll(SERVED));
        assertThat(REFUSED).isNotEmpty().doesNotContain("");
        assertThat(heard()).doesNotContainAnyElementsOf(REFUSED);
    }

    private static Set<String> heard() {
        var marks = new HashSet<String>();
        for (var served : product.served()) {
            marks.add(served.tag());
            marks.add(served.receivedHeaders().getOrDefault("x-request-id", ""));
        }
        marks.remove("");
        return marks;
    }

    private static Http.Answer ask(Call call, String key, String model) {
        String tag = Lane.tag();
        var answer = call.send(product.lane(key, model), Lane.prompt(tag, "hi"), false);
        (answer.status() == 200 ? SERVED : REFUSED).add(tag);
        return answer;
    }

    private static void refused(Refusal refusal, Call call, Http.Answer answer) {
        refusal.check(call, answer);
        REFUSED.add(answer.header("x-request-id"));
    }

    @ParameterizedTest
    @EnumSource
    void withoutAKey(Call call) {
        var answer =
                product.http()
                        .post(
                                call.path("demo-direct", false),
                                call.body("demo-direct", "hi", false));

        refused(Refusal.key("missing_key"), call, answer);
    }

    @ParameterizedTest
    @EnumSource
    void withAKeyThatNobodyHas(Call call) {
        String unknown = ApiKeySecret.mint(new SecureRandom()).reveal();

        refused(Refusal.key("unknown_key"), call, ask(call, unknown, Product.DIRECT));
    }

    @ParameterizedTest
    @EnumSource
    void withSomethingThatIsNoKey(Call call) {
        refused(Refusal.key("unknown_key"), call, ask(call, "sk-something", Product.DIRECT));
    }

    @ParameterizedTest
    @EnumSource
    void withAKeyOfTheRightIdAndAnotherSecret(Call call) {
        String own = customer.key();
        String other = ApiKeySecret.mint(new SecureRandom()).reveal();
        int secretStart = own.length() - 49;
        String mixed = own.substring(0, secretStart) + other.substring(secretStart);

        refused(Refusal.key("unknown_key"), call, ask(call, mixed, Product.DIRECT));
    }

    @ParameterizedTest
    @EnumSource
    void forAModelThatDoesNotExist(Call call) {
        refused(Refusal.unknownModel(), call, ask(call, customer.key(), "no-such-model"));
    }

    @ParameterizedTest
    @EnumSource(names = "GEMINI", mode = EnumSource.Mode.EXCLUDE)
    void withoutAModel(Call call) {
        var answer =
                call.with(product.http(), customer.key())
                        .post(call.path("", false), "{\"max_tokens\":5}");

        refused(Refusal.malformed("malformed_request", "model"), call, answer);
    }

    @ParameterizedTest
    @EnumSource
    void withABodyThatIsNoJson(Call call) {
        for (String body : new String[] {"", "{", "[]", "{} {}", "{\"model\":\"a\",}"}) {
            var answer =
                    call.with(product.http(), customer.key())
                            .post(call.path(Product.DIRECT, false), body);

            refused(Refusal.malformed("malformed_request", ""), call, answer);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "GEMINI", mode = EnumSource.Mode.EXCLUDE)
    void withAModelNamedTwice(Call call) {
        String body = call.body(Product.DIRECT, "hi", false);
        for (String name : new String[] {"model", "Model"}) {
            String twice = "{\"%s\":\"demo-gpt\",%s".formatted(name, body.strip().substring(1));
            var answer =
                    call.with(product.http(), customer.key()).post(call.path("", false), twice);

            refused(Refusal.malformed("malformed_request", name), call, answer);
        }
    }

    @ParameterizedTest
    @EnumSource
    void withTwoDifferentKeys(Call call) {
        String other = ApiKeySecret.mint(new SecureRandom()).reveal();
        var http =
                product.http()
                        .bearer(customer.key())
                        .header("x-api-key", other)
                        .header("x-goog-api-key", customer.key());

        var answer =
                http.post(call.path(Product.DIRECT, false), call.body(Product.DIRECT, "hi", false));

        refused(Refusal.malformed("ambiguous_credentials", ""), call, answer);
    }

    @ParameterizedTest
    @EnumSource
    void withABodyOverTheLimit(Call call) {
        String text = "x".repeat(33 * 1024 * 1024);
        var answer =
                call.with(product.http(), customer.key())
                        .post(
                                call.path(Product.DIRECT, false),
                                call.body(Product.DIRECT, text, false));

        refused(Refusal.tooLarge(), call, answer);
    }

    @Test
    void whenTheTenantHasNoMoney() {
        var poor = product.customer("{mode: Prepaid}", "", "");

        for (Call call : Call.values()) {
            refused(Refusal.noMoney("balance_exhausted"), call, ask(call, poor.key(), Product.DIRECT));
        }
    }

    @Test
    void whenTheModelIsNotAllowed() {
        var narrow = product.customer();
        product.kubectl()
                .run(
                        "patch",
                        "tenant",
                        narrow.name(),
                        "--type=merge",
                        "-p",
                        "{\"spec\":{\"allowedModels\":[\"demo-g*\"]}}")
                .ok();
        Billing.until(
                "the list to be in force",
                () -> narrow.chat(Product.DIRECT).status() == 403);

        for (Call call : Call.values()) {
            refused(Refusal.forbiddenModel("model_not_allowed"), call, ask(call, narrow.key(), Product.DIRECT));
        }
        assertThat(ask(Call.CHAT, narrow.key(), Product.MODEL).status()).isEqualTo(200);
    }

    @Test
    void whenTheAddressIsNotAllowed() {
        var far = product.customer();
        product.kubectl()
                .run(
                        "-n",
                        far.name(),
                        "patch",
                        "apikey",
                        "robot",
                        "--type=merge",
                        "-p",
                        "{\"spec\":{\"allowedCidrs\":[\"192.0.2.0/24\"]}}")
                .ok();
        Billing.until("the list to be in force", () -> far.chat(Product.DIRECT).status() == 403);

        for (Call call : Call.values()) {
            refused(Refusal.permission("address_not_allowed"), call, ask(call, far.key(), Product.DIRECT));
        }
    }

    @Test
    void whenABudgetIsUsedUpOrTooSmall() {
        declareModels();
        var bounded = product.customer("{mode: Prepaid}", "100", BUDGETS);
        product.kubectl().await(bounded.name(), "quota/tight", "Programmed");

        usedUp(bounded, Product.DIRECT, Refusal.usedUp(), "tight/month");
        usedUp(bounded, Product.MODEL, Refusal.noMoney("total_exhausted"), "tight/ever");
        for (Call call : Call.values()) {
            var answer = ask(call, bounded.key(), "demo-contract");
            refused(Refusal.overLimit(), call, answer);
            assertThat(answer.header("x-apihub-limit")).isEqualTo("tight/small");
        }
    }

    /** Uses up a limit of one request. */
    private static void usedUp(Customer bounded, String model, Refusal refusal, String limit) {
        var served = new AtomicInteger();
        Billing.until(
                "the limit to be used up",
                () -> {
                    var answer = ask(Call.CHAT, bounded.key(), model);
                    served.addAndGet(answer.status() == 200 ? 1 : 0);
                    return answer.header("x-apihub-reason").equals(refusal.reason());
                });
        assertThat(served).hasValue(1);
        for (Call call : Call.values()) {
            var answer = ask(call, bounded.key(), model);
            refused(refusal, call, answer);
            assertThat(answer.header("x-apihub-limit")).as("%s", answer).isEqualTo(limit);
        }
    }

    @Test
    void whenTheModelHasNoPrice() {
        declareModels();
        Billing.until(
                "the book to be in force",
                () -> ask(Call.CHAT, customer.key(), "unpriced").status() == 403);

        for (Call call : Call.values()) {
            refused(
                    Refusal.forbiddenModel("model_not_priced"),
                    call,
                    ask(call, customer.key(), "unpriced"));
        }
        var image =
                product.http()
                        .bearer(customer.key())
                        .post(
                                "/v1/images/generations",
                                "{\"model\":\"demo-contract\",\"prompt\":\"a cat\"}");
        refused(Refusal.forbiddenModel("model_not_priced"), Call.CHAT, image);
    }

    private static void declareModels() {
        var modelServer = product.stack().modelServerUrl().toString();
        product.kubectl().apply(UNPRICED.replace("MODEL_SERVER", modelServer)).ok();
        product.kubectl().await("", "upstream/contract", "Programmed");
    }

    @Test
    void whenRequestsComeTooFast() {
        String limits =
                """
                {name: rpm, metric: Requests, window: Minute, amount: 2}
                  - {name: tpm, metric: TotalTokens, window: Minute, amount: 1000000}\
                """;
        var hasty = product.customer("{mode: Prepaid}", "100", QUOTA.replace("LIMIT", limits));
        product.kubectl().await(hasty.name(), "quota/tight", "Programmed");

        standing(Call.CHAT, served(Call.CHAT, hasty), 1);
        standing(Call.MESSAGES, served(Call.MESSAGES, hasty), 0);
        for (Call call : Call.values()) {
            var answer = ask(call, hasty.key(), Product.DIRECT);
            refused(Refusal.tooFast("rate_limited"), call, answer);
            standing(call, answer, 0);
            assertThat(answer.header("x-apihub-limit")).isEqualTo("tight/rpm");
        }
        theSdksKnowThatTheyAreTooFast(hasty);
    }

    private static Http.Answer served(Call call, Customer hasty) {
        var answer = ask(call, hasty.key(), Product.DIRECT);
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
        assertThat(answer.header(name.formatted("limit", "tokens"))).isEqualTo("1000000");
        assertThat(Long.parseLong(answer.header(name.formatted("remaining", "tokens"))))
                .as("%s", answer)
                .isBetween(900_000L, 999_999L);
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
                refused(Refusal.tooFast("concurrency_limited"), call, ask(call, busy.key(), Product.DIRECT));
            }
        }
        product.awaitServing(busy, Product.DIRECT);
    }
}
