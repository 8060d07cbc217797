package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.payment.epay.Charge;
import io.apihub.billing.payment.epay.EpayClients;
import io.apihub.dev.epay.PlatformOrder;
import io.apihub.dev.epay.Trap;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Our books against the platform's list, once a day, both ways. */
class SweepIT {

    private static final PayStand STAND = PayStand.shared();

    private final String tenant = STAND.freshTenant();

    @BeforeEach
    void whatOthersLeftIsSettled() {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        STAND.reconcile();
        sweep("one");
        sweep("two");
    }

    @AfterEach
    void noTraps() {
        STAND.platform().clearTraps();
    }

    @AfterAll
    static void sound() {
        STAND.checkSound();
    }

    private static List<Integer> sweep(String provider) {
        return Sweeps.of(STAND, provider);
    }

    private static boolean ended(String provider) {
        return Boolean.TRUE.equals(
                STAND.admin()
                        .queryForObject(
                                "SELECT ended_at IS NOT NULL AND next_at > now() + interval '23 h'"
                                        + " FROM billing.payment_sweep WHERE provider = ?",
                                Boolean.class,
                                provider));
    }

    private JsonNode credited(String provider, String amount) {
        var order = STAND.order(tenant, provider, amount);
        STAND.pay(order);
        STAND.reconcile();
        assertThat(STAND.state(order)).isEqualTo("CREDITED");
        return order;
    }

    /** Payments of the last minutes are not looked for yet. */
    private static void anHourAgo(JsonNode order) {
        STAND.admin()
                .update(
                        "UPDATE billing.payment SET created_at = now() - interval '1 h'"
                                + " WHERE order_id = ?",
                        STAND.id(order));
    }

    @ParameterizedTest
    @ValueSource(strings = {"one", "two"})
    void whatNobodyToldIsFoundAndCredited(String provider) {
        var before = sweep(provider);
        var order = STAND.order(tenant, provider, "8");
        STAND.pay(order);

        var after = sweep(provider);

        assertThat(STAND.state(order)).isEqualTo("CREDITED");
        assertThat(STAND.balance(tenant)).isEqualTo("8");
        assertThat(after).as("it is here now").isEqualTo(before);
        assertThat(ended(provider)).isTrue();
    }

    /** Asked by our number, the platform goes on finding the one that nobody paid. */
    @Test
    void whatWasPaidUnderASecondOrderOfTheNumberIsFoundByItsOwn() {
        var order = STAND.order(tenant, "one", "8");
        STAND.platform().set(Trap.TEN_DAYS_LATER);
        STAND.platform().pay(STAND.bring(order));

        sweep("one");

        assertThat(STAND.balance(tenant)).isEqualTo("8");
    }

    /** Nobody tells of a refund. */
    @Test
    void whatThePlatformGaveBackByItselfIsCounted() {
        var order = credited("two", "8");
        anHourAgo(order);
        var before = sweep("two");

        STAND.platform().giveBack(STAND.there(order), "by-hand-" + tenant, "8");

        assertThat(Sweeps.more(before, sweep("two"))).containsExactly(0, 1, 0);
    }

    /** A sale at the merchant's account that is no order of ours. */
    private static PlatformOrder sold(String number) {
        var charge =
                new Charge(
                        number,
                        "alipay",
                        new BigDecimal("5.00"),
                        "another shop's",
                        URI.create("http://127.0.0.1:1/"),
                        URI.create("http://127.0.0.1:1/"));
        var page = STAND.billing().get(EpayClients.class).of("one").page(charge);
        STAND.billing().send(HttpRequest.newBuilder(page));
        return STAND.platform().pay(STAND.platform().order(number).tradeNo());
    }

    private static String ourNumber() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    @Test
    void whatOnlyThePlatformKnowsIsCounted() {
        var before = sweep("one");

        sold(ourNumber());

        assertThat(Sweeps.more(before, sweep("one"))).containsExactly(1, 0, 0);
    }

    @Test
    void whatTheMerchantSellsElsewhereIsNoDrift() {
        var before = sweep("one");
        int foreign = foreign();

        sold("SHOP-" + UUID.randomUUID());

        assertThat(sweep("one")).isEqualTo(before);
        assertThat(foreign()).isEqualTo(foreign + 1);
    }

    private static int foreign() {
        return Objects.requireNonNull(
                STAND.admin()
                        .queryForObject(
                                "SELECT foreign_there FROM billing.payment_sweep"
                                        + " WHERE provider = 'one'",
                                Integer.class));
    }

    @Test
    void whatIsOlderThanWhatIsComparedIsNoDrift() {
        var before = sweep("one");

        var old = sold(ourNumber());
        STAND.platform().backdate(old, Instant.now().minus(Duration.ofDays(40)));

        assertThat(sweep("one")).isEqualTo(before);
    }

    /** Otherwise only what is on the first page of a full list would be found. */
    @ParameterizedTest
    @CsvSource({"one,false", "two,false", "one,true", "two,true"})
    void aListIsReadToItsEndHoweverItIsCut(String provider, boolean statusIgnored) {
        var order = STAND.order(tenant, provider, "8");
        STAND.pay(order);
        for (int i = 0; i < 4; i++) {
            var newer = STAND.order(tenant, provider, "1");
            if (!statusIgnored) {
                STAND.pay(newer);
            }
        }
        STAND.platform().set(Trap.SHORT_PAGES);
        if (statusIgnored) {
            STAND.platform().set(Trap.STATUS_IGNORED);
        }

        sweep(provider);

        assertThat(STAND.state(order)).isEqualTo("CREDITED");
        assertThat(ended(provider)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"one", "two"})
    void whatOnlyWeKnowIsCounted(String provider) {
        var order = credited(provider, "8");
        anHourAgo(order);
        var before = sweep(provider);
        STAND.platform().forget(STAND.there(order));

        assertThat(Sweeps.more(before, sweep(provider))).containsExactly(0, 1, 0);
    }

    @Test
    void whatIsKnownByAnotherAmountIsCounted() {
        var order = credited("two", "8");
        var before = sweep("two");
        STAND.admin()
                .update(
                        "UPDATE billing.payment SET pay_amount = 7.99 WHERE order_id = ?",
                        STAND.id(order));

        assertThat(Sweeps.more(before, sweep("two"))).containsExactly(0, 0, 1);
    }

    @Test
    void whatIsInSuspenseOrWentBackIsNoDrift() {
        var less = STAND.order(tenant, "two", "30");
        var before = sweep("two");
        STAND.platform().payOnly(STAND.there(less).tradeNo(), "10");
        var refunded = credited("two", "8");
        anHourAgo(refunded);
        var path = "/api/v1/orders/" + STAND.id(refunded) + "/refunds";
        STAND.billing().post(path, "sweep-" + tenant, "{\"amount\":\"1\",\"reason\":\"x\"}");
        STAND.reconcile();

        assertThat(STAND.there(refunded).status()).as("gone from the list").isEqualTo(2);
        assertThat(sweep("two")).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DOWN", "HTML_ANSWERS"})
    void aListThatCannotBeReadIsTriedAgainSoon(Trap trap) {
        var before = sweep("two");
        STAND.platform().set(trap);

        var after = sweep("two");

        assertThat(ended("two")).isFalse();
        assertThat(after).as("what was found last still counts").isEqualTo(before);
    }

    @Test
    void oneOfAllProcessesSweepsAndTheFiguresSayWhatItFound() {
        sweep("one");
        var sweeps = STAND.billing().get(Sweep.class);
        var one = PayStand.payments(STAND.platform().url()).providers().getFirst();

        sweeps.ifDue(one);
        STAND.admin()
                .update(
                        "UPDATE billing.payment_sweep SET only_there = 41, only_here = 42,"
                                + " amounts_differ = 43 WHERE provider = 'one'");
        sweeps.ifDue(one);

        assertThat(Sweeps.drift(STAND, "one")).as("not due for a day").containsExactly(41, 42, 43);
        STAND.billing().get(PaymentFigures.class).read();
        assertThat(STAND.billing().management("/metrics").body())
                .contains(
                        "apihub_billing_payment_drift{provider=\"one\",side=\"only-platform\"} 41")
                .contains("apihub_billing_payment_drift{provider=\"one\",side=\"only-here\"} 42")
                .contains("apihub_billing_payment_drift{provider=\"one\",side=\"amount\"} 43");
    }
}
