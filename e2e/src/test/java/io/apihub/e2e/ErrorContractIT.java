package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.model.key.ApiKeySecret;
import java.security.SecureRandom;
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

    private static Product product;
    private static Customer customer;
    private static Refusals refusals;

    @BeforeAll
    static void customer(Product shared) {
        product = shared;
        customer = shared.customer();
        refusals = new Refusals(shared);
    }

    @AfterAll
    static void noUpstreamWasTouched() {
        var served = refusals.ask(Call.CHAT, customer.key(), Product.DIRECT);
        assertThat(served.status()).as("%s", served).isEqualTo(200);
        refusals.unheard();
    }

    @ParameterizedTest
    @EnumSource
    void withoutAKey(Call call) {
        var answer =
                product.http()
                        .post(
                                call.path("demo-direct", false),
                                call.body("demo-direct", "hi", false));

        refusals.check(Refusal.key("missing_key"), call, answer);
    }

    @ParameterizedTest
    @EnumSource
    void withAKeyThatNobodyHas(Call call) {
        String unknown = ApiKeySecret.mint(new SecureRandom()).reveal();

        refusals.check(
                Refusal.key("unknown_key"), call, refusals.ask(call, unknown, Product.DIRECT));
    }

    @ParameterizedTest
    @EnumSource
    void withSomethingThatIsNoKey(Call call) {
        refusals.check(
                Refusal.key("unknown_key"),
                call,
                refusals.ask(call, "sk-something", Product.DIRECT));
    }

    @ParameterizedTest
    @EnumSource
    void withAKeyOfTheRightIdAndAnotherSecret(Call call) {
        String own = customer.key();
        String other = ApiKeySecret.mint(new SecureRandom()).reveal();
        int secretStart = own.length() - 49;
        String mixed = own.substring(0, secretStart) + other.substring(secretStart);

        refusals.check(Refusal.key("unknown_key"), call, refusals.ask(call, mixed, Product.DIRECT));
    }

    @ParameterizedTest
    @EnumSource
    void forAModelThatDoesNotExist(Call call) {
        refusals.check(
                Refusal.unknownModel(), call, refusals.ask(call, customer.key(), "no-such-model"));
    }

    @ParameterizedTest
    @EnumSource(names = "GEMINI", mode = EnumSource.Mode.EXCLUDE)
    void withoutAModel(Call call) {
        var answer =
                call.with(product.http(), customer.key())
                        .post(call.path("", false), "{\"max_tokens\":5}");

        refusals.check(Refusal.malformed("malformed_request", "model"), call, answer);
    }

    @ParameterizedTest
    @EnumSource
    void withABodyThatIsNoJson(Call call) {
        for (String body : new String[] {"", "{", "[]", "{} {}", "{\"model\":\"a\",}"}) {
            var answer =
                    call.with(product.http(), customer.key())
                            .post(call.path(Product.DIRECT, false), body);

            refusals.check(Refusal.malformed("malformed_request", ""), call, answer);
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

            refusals.check(Refusal.malformed("malformed_request", name), call, answer);
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

        refusals.check(Refusal.malformed("ambiguous_credentials", ""), call, answer);
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

        refusals.check(Refusal.tooLarge(), call, answer);
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
        Billing.until("the list to be in force", () -> narrow.chat(Product.DIRECT).status() == 403);

        for (Call call : Call.values()) {
            refusals.check(
                    Refusal.forbiddenModel("model_not_allowed"),
                    call,
                    refusals.ask(call, narrow.key(), Product.DIRECT));
        }
        assertThat(refusals.ask(Call.CHAT, narrow.key(), Product.MODEL).status()).isEqualTo(200);
        listsOnlyWhatIsAllowed(narrow.key());
    }

    private static void listsOnlyWhatIsAllowed(String key) {
        var anthropic = Call.MESSAGES.with(product.http(), key).get("/v1/models");
        var gemini = Call.GEMINI.with(product.http(), key);
        var all = gemini.get("/v1beta/models");
        var one = gemini.get("/v1beta/models/" + Product.MODEL);

        assertThat(anthropic.json().path("data").findValuesAsText("id"))
                .contains(Product.MODEL)
                .doesNotContain(Product.DIRECT);
        assertThat(all.json().path("models").findValuesAsText("name"))
                .contains("models/" + Product.MODEL)
                .doesNotContain("models/" + Product.DIRECT);
        assertThat(one.status()).as("%s", one).isEqualTo(200);
        assertThat(one.json().path("outputTokenLimit").asInt()).isEqualTo(4096);
        refusals.check(
                Refusal.unknownModel(),
                Call.GEMINI,
                gemini.get("/v1beta/models/" + Product.DIRECT));
    }

    @Test
    void whenTheTimeOfTheKeyHasNotCome() {
        var early = product.customer();
        patchKey(early, "{\"notBefore\":\"2126-01-01T00:00:00Z\"}");
        Billing.until("the time to be known", () -> early.chat(Product.DIRECT).status() == 401);

        for (Call call : Call.values()) {
            refusals.check(
                    Refusal.key("key_not_yet_valid"),
                    call,
                    refusals.ask(call, early.key(), Product.DIRECT));
        }
    }

    private static void patchKey(Customer customer, String spec) {
        String patch = "{\"spec\":" + spec + "}";
        product.kubectl()
                .run("-n", customer.name(), "patch", "apikey/robot", "--type=merge", "-p", patch)
                .ok();
    }

    @Test
    void whenTheAddressIsNotAllowed() {
        var far = product.customer();
        patchKey(far, "{\"allowedCidrs\":[\"192.0.2.0/24\"]}");
        Billing.until("the list to be in force", () -> far.chat(Product.DIRECT).status() == 403);

        for (Call call : Call.values()) {
            refusals.check(
                    Refusal.permission("address_not_allowed"),
                    call,
                    refusals.ask(call, far.key(), Product.DIRECT));
        }
    }

    @Test
    void whenTheModelHasNoPrice() {
        refusals.declareModels();
        Billing.until(
                "the book to be in force",
                () -> refusals.ask(Call.CHAT, customer.key(), "unpriced").status() == 403);

        for (Call call : Call.values()) {
            refusals.check(
                    Refusal.forbiddenModel("model_not_priced"),
                    call,
                    refusals.ask(call, customer.key(), "unpriced"));
        }
        var image =
                product.http()
                        .bearer(customer.key())
                        .post(
                                "/v1/images/generations",
                                "{\"model\":\"demo-contract\",\"prompt\":\"a cat\"}");
        refusals.check(Refusal.forbiddenModel("model_not_priced"), Call.CHAT, image);
    }
}
