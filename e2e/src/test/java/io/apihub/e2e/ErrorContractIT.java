package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.model.key.ApiKeySecret;
import java.io.IOException;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every row of the error contract over the wire, on every kind of route. */
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

    private static Product product;
    private static Customer customer;

    @BeforeAll
    static void customer(Product shared) {
        product = shared;
        customer = shared.customer();
    }

    private static Http.Answer ask(Call call, String key, String model) {
        return call.send(product.lane(key, model), "hi", false);
    }

    @ParameterizedTest
    @EnumSource
    void withoutAKey(Call call) {
        var answer =
                product.http()
                        .post(
                                call.path("demo-direct", false),
                                call.body("demo-direct", "hi", false));

        Refusal.key("missing_key").check(call, answer);
    }

    @ParameterizedTest
    @EnumSource
    void withAKeyThatNobodyHas(Call call) {
        String unknown = ApiKeySecret.mint(new SecureRandom()).reveal();

        Refusal.key("unknown_key").check(call, ask(call, unknown, Product.DIRECT));
    }

    @ParameterizedTest
    @EnumSource
    void withSomethingThatIsNoKey(Call call) {
        Refusal.key("unknown_key").check(call, ask(call, "sk-something", Product.DIRECT));
    }

    @ParameterizedTest
    @EnumSource
    void withAKeyOfTheRightIdAndAnotherSecret(Call call) {
        String own = customer.key();
        String other = ApiKeySecret.mint(new SecureRandom()).reveal();
        int secretStart = own.length() - 49;
        String mixed = own.substring(0, secretStart) + other.substring(secretStart);

        Refusal.key("unknown_key").check(call, ask(call, mixed, Product.DIRECT));
    }

    @ParameterizedTest
    @EnumSource
    void forAModelThatDoesNotExist(Call call) {
        Refusal.unknownModel().check(call, ask(call, customer.key(), "no-such-model"));
    }

    @ParameterizedTest
    @EnumSource(names = "GEMINI", mode = EnumSource.Mode.EXCLUDE)
    void withoutAModel(Call call) {
        var answer =
                call.with(product.http(), customer.key())
                        .post(call.path("", false), "{\"max_tokens\":5}");

        Refusal.malformed("malformed_request", "model").check(call, answer);
    }

    @ParameterizedTest
    @EnumSource
    void withABodyThatIsNoJson(Call call) {
        for (String body : new String[] {"", "{", "[]", "{} {}", "{\"model\":\"a\",}"}) {
            var answer =
                    call.with(product.http(), customer.key())
                            .post(call.path(Product.DIRECT, false), body);

            Refusal.malformed("malformed_request", "").check(call, answer);
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

            Refusal.malformed("malformed_request", name).check(call, answer);
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

        Refusal.malformed("ambiguous_credentials", "").check(call, answer);
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

        Refusal.tooLarge().check(call, answer);
    }

    @Test
    void whenTheTenantHasNoMoney() {
        var poor = product.customer("{mode: Prepaid}", "", "");

        for (Call call : Call.values()) {
            Refusal.noMoney("balance_exhausted").check(call, ask(call, poor.key(), Product.DIRECT));
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
                () -> ask(Call.CHAT, narrow.key(), Product.DIRECT).status() == 403);

        for (Call call : Call.values()) {
            Refusal.forbiddenModel("model_not_allowed").check(call, ask(call, narrow.key(), Product.DIRECT));
        }
        assertThat(narrow.chat(Product.MODEL).status()).isEqualTo(200);
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
            Refusal.permission("address_not_allowed")
                    .check(call, ask(call, far.key(), Product.DIRECT));
        }
    }

    @Test
    void whenRequestsComeTooFast() {
        String limit = "{name: rpm, metric: Requests, window: Minute, amount: 2}";
        var hasty = product.customer("{mode: Prepaid}", "100", QUOTA.replace("LIMIT", limit));
        product.kubectl().await(hasty.name(), "quota/tight", "Programmed");

        for (int i = 0; i < 2; i++) {
            var served = hasty.chat(Product.DIRECT);
            assertThat(served.status()).as("%s", served).isEqualTo(200);
            assertThat(served.header("x-ratelimit-limit-requests")).isEqualTo("2");
            assertThat(served.header("x-ratelimit-remaining-requests")).isEqualTo("" + (1 - i));
        }
        for (Call call : Call.values()) {
            var answer = ask(call, hasty.key(), Product.DIRECT);
            Refusal.tooFast("rate_limited").check(call, answer);
            assertThat(answer.header("x-apihub-limit")).isEqualTo("tight/rpm");
        }
    }

    @Test
    void whenTooManyRequestsRunAtOnce() throws IOException {
        String limit = "{name: busy, metric: Concurrency, amount: 1}";
        var busy = product.customer("{mode: Prepaid}", "100", QUOTA.replace("LIMIT", limit));
        product.kubectl().await(busy.name(), "quota/tight", "Programmed");

        try (var _ = OpenStream.of(busy, "[[words=180]] [[delay=100ms]]")) {
            for (Call call : Call.values()) {
                Refusal.tooFast("concurrency_limited")
                        .check(call, ask(call, busy.key(), Product.DIRECT));
            }
        }
        product.awaitServing(busy, Product.DIRECT);
    }
}
