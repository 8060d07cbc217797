package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** While a part is away, the answer is no, in the client's words, and the rest goes on. */
@ExtendWith(ProductExtension.class)
@Order(Order.DEFAULT + 1)
@Isolated
class OutageIT {

    @Test
    void withoutTheAuthorizerNothingPasses(Product product) throws Exception {
        var customer = product.customer();
        var authorizer = product.stack().process("ext-authz");
        int served = product.served().size();
        authorizer.stop();
        try {
            for (Call call : Call.values()) {
                var answer = call.send(customer.lane(Product.DIRECT), "hi", false);
                Refusal.unavailable("authorizer_unavailable").check(call, answer);
            }
            assertThat(product.served()).hasSize(served);
        } finally {
            authorizer.start();
        }
        product.awaitServing(customer, Product.DIRECT);
    }

    @Test
    void withoutBillingNobodyGetsNewMoneyButOldLeasesGoOn(Product product) throws Exception {
        var rich = product.customer();
        var fresh = product.customer();
        assertThat(rich.chat(Product.DIRECT).status()).isEqualTo(200);
        var billing = product.stack().process("billing");
        billing.stop();
        try {
            Arrays.stream(Call.values())
                    .parallel()
                    .forEach(call ->
                            Refusal.unavailable("grant_unavailable")
                                    .check(
                                            call,
                                            call.send(fresh.lane(Product.DIRECT), "hi", false)));
            assertThat(rich.chat(Product.DIRECT).status()).isEqualTo(200);
        } finally {
            billing.start();
        }
        product.awaitServing(fresh, Product.DIRECT);
        product.billing().awaitUsage(rich.name(), 2);
    }

    @Test
    void withoutTheOperatorKnownKeysWork(Product product) throws Exception {
        var customer = product.customer();
        var operator = product.stack().process("operator");
        operator.stop();
        try {
            assertThat(customer.chat(Product.DIRECT).status()).isEqualTo(200);
            assertThat(customer.chat(Product.MODEL).status()).isEqualTo(200);
            aNewGatewayLetsNobodyIn(product, customer);
        } finally {
            operator.start();
        }
        product.awaitServing(product.customer(), Product.DIRECT);
        product.awaitServing(customer, Product.DIRECT);
    }

    /** It has no policy of an earlier process to decide by. */
    private static void aNewGatewayLetsNobodyIn(Product product, Customer customer)
            throws IOException, InterruptedException {
        var authorizer = product.stack().process("ext-authz");
        authorizer.stop();
        try (var kept = Files.newDirectoryStream(product.stack().journal("ext-authz"), "policy*")) {
            for (Path file : kept) {
                Files.delete(file);
            }
        } finally {
            authorizer.start();
        }
        Billing.until(
                "the gateway to say that it knows nothing",
                () -> reason(customer).equals("policy_stale"));
        for (Call call : Call.values()) {
            var answer = call.send(customer.lane(Product.DIRECT), "hi", false);
            Refusal.unavailable("policy_stale").check(call, answer);
        }
    }

    private static String reason(Customer customer) {
        return customer.chat(Product.DIRECT).header("x-apihub-reason");
    }

    @Test
    void withoutAnUpstreamTheClientIsToldToTryAgain(Product product) throws Exception {
        var customer = product.customer();
        var upstream = product.stack().process("cliproxyapi");
        upstream.stop();
        try {
            for (Call call : Call.values()) {
                var answer = call.send(customer.lane(Product.MODEL), "hi", false);
                assertThat(answer.status()).as("%s", answer).isIn(502, 503, 529);
                assertThat(answer.header("x-should-retry")).as("%s", answer).isEqualTo("true");
                assertThat(answer.json().has("error")).isTrue();
            }
            assertThat(customer.chat(Product.DIRECT).status()).isEqualTo(200);
        } finally {
            upstream.start();
        }
        product.awaitServing(customer, Product.MODEL);
        Billing.until(
                "the books to agree",
                () -> {
                    Reconciliation.of(product, customer).money(100_000_000);
                    return true;
                });
    }
}
