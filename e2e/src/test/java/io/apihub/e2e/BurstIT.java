package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
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

        int served = neverMore(product, burst, "balance_exhausted", "");
        int rest = ENOUGH_FOR - served;
        Billing.until(
                "the account to be charged",
                () ->
                        product.billing().balanceMicros(customer.name())
                                == rest * Burst.PRICE_MICROS);
        useUp(customer, rest);
        refused(customer, "balance_exhausted", "");
        charged(product, customer, ENOUGH_FOR * Burst.PRICE_MICROS);
    }

    @Test
    void aQuotaOfTwentyRequestsLetsTwentyPass(Product product) throws Exception {
        var customer = limited(product, "Requests, window: Total, amount: 20");

        var burst = Burst.of(customer, STREAMS);

        int served = neverMore(product, burst, "total_exhausted", "burst/only");
        useUp(customer, ENOUGH_FOR - served);
        refused(customer, "total_exhausted", "burst/only");
        charged(product, customer, CREDIT_MICROS);
    }

    @Test
    void aQuotaOfMoneyForTwentyRequestsLetsTwentyPass(Product product) throws Exception {
        var customer = limited(product, "Cost, window: Total, amount: \"0.2\"");

        var burst = Burst.of(customer, STREAMS);

        int served = neverMore(product, burst, "total_exhausted", "burst/only");
        useUp(customer, ENOUGH_FOR - served);
        refused(customer, "total_exhausted", "burst/only");
        charged(product, customer, CREDIT_MICROS);
    }

    @Test
    void aQuotaOfTwentyAtOnceNeverLetsTwentyOneRun(Product product) throws Exception {
        var customer = limited(product, "Concurrency, amount: 20");

        var burst = Burst.of(customer, STREAMS);

        int most = Burst.mostAtOnce(burst.truth(product));
        System.err.printf(
                "BurstIT: %d streams at once, %d may run: served %d, at most %d at once, answers %s%n",
                STREAMS, ENOUGH_FOR, burst.served(), most, burst.outcomes());
        answered(product, burst, "concurrency_limited", "burst/only");
        assertThat(most).isBetween(1, ENOUGH_FOR);
    }

    /** A customer with money enough and one limit. */
    private static Customer limited(Product product, String limit) {
        var customer = product.customer("{mode: Prepaid}", "100", QUOTA.replace("LIMIT", limit));
        product.kubectl().await(customer.name(), "quota/burst", "Programmed");
        return customer;
    }

    /** Says how many were served. */
    private static int neverMore(Product product, Burst burst, String reason, String limit) {
        int served = burst.served();
        System.err.printf(
                "BurstIT: %d streams at once, enough for %d requests, else %s: served %d, answers %s%n",
                STREAMS, ENOUGH_FOR, reason, served, burst.outcomes());
        answered(product, burst, reason, limit);
        assertThat(served).isLessThanOrEqualTo(ENOUGH_FOR);
        return served;
    }

    /** Each was served, refused by the one limit, or told to try again until it was tired of it. */
    private static void answered(Product product, Burst burst, String reason, String limit) {
        assertThat(burst.answers()).hasSize(STREAMS);
        assertThat(burst.truth(product)).hasSize(burst.served());
        assertThat(burst.answers())
                .allSatisfy(answer -> {
                    assertThat(answer.status()).isIn(200, 429, 503);
                    if (answer.status() == 429) {
                        assertThat(answer.header("x-apihub-reason")).isEqualTo(reason);
                        assertThat(answer.header("x-apihub-limit")).isEqualTo(limit);
                    } else if (answer.status() == 503) {
                        assertThat(answer.header("x-should-retry")).isEqualTo("true");
                    }
                });
    }

    /** The ledger and the usage rows say that twenty requests were paid for. */
    private static void charged(Product product, Customer customer, long granted) {
        long left = granted - ENOUGH_FOR * Burst.PRICE_MICROS;
        Billing.until(
                "what was served to be charged",
                () -> product.billing().balanceMicros(customer.name()) == left);
        Reconciliation.of(product, customer).books(granted);
        assertThat(product.billing().usage(customer.name()))
                .filteredOn(row -> row.path("costMicros").asLong() > 0)
                .hasSize(ENOUGH_FOR);
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
        var served = new AtomicInteger();
        Billing.until(
                "the refusal of one more",
                () -> {
                    var answer = Burst.ask(customer, Lane.tag());
                    served.addAndGet(answer.status() == 200 ? 1 : 0);
                    return answer.header("x-apihub-reason").equals(reason)
                            && answer.header("x-apihub-limit").equals(limit);
                });
        assertThat(served).hasValue(0);
    }
}
