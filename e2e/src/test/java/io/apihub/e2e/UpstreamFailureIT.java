package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.anthropic.errors.AnthropicServiceException;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.PermissionDeniedException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients see when the upstream fails, and each failure as the SDKs' own exception. */
@ExtendWith(ProductExtension.class)
@Execution(ExecutionMode.CONCURRENT)
class UpstreamFailureIT {

    private static Product product;
    private static Customer customer;

    @BeforeAll
    static void customer(Product shared) {
        product = shared;
        customer = shared.customer();
    }

    private static void chat(String key, String model, String text) {
        Sdks.chat(product.lane(key, model), text);
    }

    private static void message(String key, String model, String text) {
        Sdks.message(product.lane(key, model), text);
    }

    @ParameterizedTest
    @EnumSource
    void aFailureOfOurCredentialIsNotTheClients(Call call) {
        for (int status : new int[] {401, 403}) {
            var answer =
                    call.send(
                            customer.lane(Product.DIRECT), "[[fail=%d]]".formatted(status), false);

            assertThat(answer.status()).as("%s", answer).isEqualTo(502);
            assertThat(answer.header("x-apihub-reason")).as("%s", answer).isNotEmpty();
            assertThat(answer.json().has("error")).as("%s", answer).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void otherFailuresPassAsTheyAre(Call call) {
        for (int status : new int[] {400, 429, 500, 503}) {
            var answer =
                    call.send(
                            customer.lane(Product.DIRECT), "[[fail=%d]]".formatted(status), false);

            assertThat(answer.status()).as("%s", answer).isEqualTo(status);
            assertThat(answer.body()).contains("The prompt asked for this failure.");
        }
    }

    @Test
    void openAisSdkThrowsItsOwnExceptions() {
        String key = customer.key();
        assertThatExceptionOfType(UnauthorizedException.class)
                .isThrownBy(() -> chat("sk-wrong", Product.MODEL, "hi"))
                .satisfies(e -> assertThat(e.code()).contains("invalid_api_key"));
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> chat(key, "no-such-model", "hi"))
                .satisfies(e -> assertThat(e.code()).contains("model_not_found"))
                .satisfies(e -> assertThat(e.param()).contains("model"));
        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> chat(key, Product.DIRECT, "[[fail=400]]"));
        assertThatExceptionOfType(RateLimitException.class)
                .isThrownBy(() -> chat(key, Product.DIRECT, "[[fail=429]]"));
        assertThatExceptionOfType(InternalServerException.class)
                .isThrownBy(() -> chat(key, Product.DIRECT, "[[fail=500]]"));
    }

    @Test
    void theSdksKnowASuspendedTenantAndAnEmptyAccount() {
        var suspended = product.customer();
        product.kubectl()
                .run(
                        "patch",
                        "tenant",
                        suspended.name(),
                        "--type=merge",
                        "-p",
                        "{\"spec\":{\"suspended\":true}}")
                .ok();
        Billing.until("the suspension", () -> suspended.chat(Product.DIRECT).status() == 403);
        var poor = product.customer("{mode: Prepaid}", "", "");

        assertThatExceptionOfType(PermissionDeniedException.class)
                .isThrownBy(() -> chat(suspended.key(), Product.DIRECT, "hi"))
                .satisfies(e -> assertThat(e.code()).contains("tenant_suspended"));
        assertThatExceptionOfType(com.anthropic.errors.PermissionDeniedException.class)
                .isThrownBy(() -> message(suspended.key(), Product.DIRECT, "hi"))
                .withMessageContaining("permission_error");
        assertThatExceptionOfType(RateLimitException.class)
                .isThrownBy(() -> chat(poor.key(), Product.DIRECT, "hi"))
                .satisfies(e -> assertThat(e.code()).contains("insufficient_quota"));
        for (Call call : Call.values()) {
            Refusal.permission("tenant_suspended")
                    .check(call, call.send(suspended.lane(Product.DIRECT), "hi", false));
        }
        assertThatExceptionOfType(AnthropicServiceException.class)
                .isThrownBy(() -> message(poor.key(), Product.DIRECT, "hi"))
                .satisfies(e -> assertThat(e.statusCode()).isEqualTo(402));
    }

    @Test
    void anthropicsSdkThrowsItsOwnExceptions() {
        String key = customer.key();
        assertThatExceptionOfType(com.anthropic.errors.UnauthorizedException.class)
                .isThrownBy(() -> message("sk-wrong", Product.MODEL, "hi"));
        assertThatExceptionOfType(com.anthropic.errors.NotFoundException.class)
                .isThrownBy(() -> message(key, "no-such-model", "hi"));
        assertThatExceptionOfType(com.anthropic.errors.BadRequestException.class)
                .isThrownBy(() -> message(key, Product.DIRECT, "[[fail=400]]"));
        assertThatExceptionOfType(com.anthropic.errors.RateLimitException.class)
                .isThrownBy(() -> message(key, Product.DIRECT, "[[fail=429]]"));
        assertThatExceptionOfType(com.anthropic.errors.InternalServerException.class)
                .isThrownBy(() -> message(key, Product.DIRECT, "[[fail=529]]"));
    }
}
