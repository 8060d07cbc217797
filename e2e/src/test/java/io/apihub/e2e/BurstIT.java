package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Five hundred streams at the same moment, through three gateways, on what is enough for twenty
 * requests: twenty are served, or fewer and the rest is still there, but never twenty-one.
 */
@ExtendWith(FleetExtension.class)
@Order(Order.DEFAULT + 4)
@Isolated
class BurstIT {

    private static final int STREAMS = 500;
    private static final int ENOUGH_FOR = 20;
    private static final int WARM_UPS = 5;

    private static final long CREDIT_MICROS = 100_000_000;
    private static final String QUOTA =
            """
            apiVersion: apihub.io/v1alpha1
            kind: Quota
            metadata: {name: burst, namespace: NAME}
            spec:
              tenantRef: {name: NAME}
              limits:
              - {name: only, metric: LIMIT}
            """;

    @BeforeAll
    static void prices(Product product) throws InterruptedException {
        Burst.prepare(product);
        // A gateway that has just been started is slow: what is tried here are limits, not
        // patience.
        var rich = product.customer();
        for (int i = 0; i < WARM_UPS; i++) {
            var burst = Burst.of(rich, STREAMS / 5);
            System.err.println("BurstIT: streams that can be paid for: " + burst.outcomes());
        }
    }

    @Test
    void anAccountForTwentyRequestsPaysForTwenty(Product product) throws Exception {
        var customer = product.customer("{mode: Prepaid}", "0.2", "");

        var burst = Burst.of(customer, STREAMS);

        int served = neverMore(product, burst, "an account");
        int rest = ENOUGH_FOR - served;
        Billing.until(
                "the account to be charged",
                () ->
                        product.billing().balanceMicros(customer.name())
                                == rest * Burst.PRICE_MICROS);
        useUp(customer, rest);
        refused(customer, "balance_exhausted", "");
        Billing.until(
                "the account to be empty",
                () -> product.billing().balanceMicros(customer.name()) == 0);
        assertThat(product.billing().usage(customer.name()))
                .filteredOn(row -> row.path("costMicros").asLong() > 0)
                .hasSize(ENOUGH_FOR);
    }

    @Test
    void aQuotaOfTwentyRequestsLetsTwentyPass(Product product) throws Exception {
        var customer = limited(product, "Requests, window: Total, amount: 20");

        var burst = Burst.of(customer, STREAMS);

        int served = neverMore(product, burst, "a quota");
        useUp(customer, ENOUGH_FOR - served);
        refused(customer, "total_exhausted", "burst/only");
        Billing.until(
                "what was served to be charged",
                () ->
                        product.billing().balanceMicros(customer.name())
                                == CREDIT_MICROS - ENOUGH_FOR * Burst.PRICE_MICROS);
    }

    @Test
    void aQuotaOfMoneyForTwentyRequestsLetsTwentyPass(Product product) throws Exception {
        var customer = limited(product, "Cost, window: Total, amount: \"0.2\"");

        var burst = Burst.of(customer, STREAMS);

        int served = neverMore(product, burst, "a quota of money");
        useUp(customer, ENOUGH_FOR - served);
        refused(customer, "total_exhausted", "burst/only");
    }

    @Test
    void aQuotaOfTwentyAtOnceNeverLetsTwentyOneRun(Product product) throws Exception {
        var customer = limited(product, "Concurrency, amount: 20");

        var burst = Burst.of(customer, STREAMS);

        int most = Burst.mostAtOnce(burst.truth(product));
        System.err.printf(
                "BurstIT: %d streams at once, %d may run: served %d, at most %d at once, answers %s%n",
                STREAMS, ENOUGH_FOR, burst.served(), most, burst.outcomes());
        assertThat(most).isBetween(1, ENOUGH_FOR);
    }

    /** A customer with money enough and one limit. */
    private static Customer limited(Product product, String limit) {
        var customer = product.customer("{mode: Prepaid}", "100", QUOTA.replace("LIMIT", limit));
        product.kubectl().await(customer.name(), "quota/burst", "Programmed");
        return customer;
    }

    /** Says how many were served. */
    private static int neverMore(Product product, Burst burst, String limit) {
        int served = burst.served();
        System.err.printf(
                "BurstIT: %d streams at once, %s for %d requests: served %d, answers %s%n",
                STREAMS, limit, ENOUGH_FOR, served, burst.outcomes());
        assertThat(burst.truth(product)).hasSize(served);
        assertThat(served).isLessThanOrEqualTo(ENOUGH_FOR);
        assertThat(burst.answers())
                .allSatisfy(answer -> assertThat(answer.status()).isIn(200, 429, 503));
        return served;
    }

    /** What is left is still there: asked for one by one, it is all served. */
    private static void useUp(Customer customer, int rest) {
        for (int i = 0; i < rest; i++) {
            Billing.until(
                    "a request that is paid for",
                    () -> Burst.ask(customer, Lane.tag()).status() == 200);
        }
    }

    private static void refused(Customer customer, String reason, String limit) {
        Billing.until(
                "the refusal of one more",
                () -> {
                    var answer = Burst.ask(customer, Lane.tag());
                    assertThat(answer.status()).as("%s", answer).isNotEqualTo(200);
                    return answer.header("x-apihub-reason").equals(reason)
                            && answer.header("x-apihub-limit").equals(limit);
                });
    }
}
