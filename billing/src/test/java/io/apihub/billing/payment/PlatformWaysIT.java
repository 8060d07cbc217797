package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.dev.epay.Trap;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Platforms write, date, tell and forget as they like; over the wire, as it happens. */
class PlatformWaysIT {

    private static final PayStand STAND = PayStand.shared();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String tenant = STAND.freshTenant();

    @AfterAll
    static void sound() {
        STAND.checkSound();
    }

    @AfterEach
    void noTraps() {
        STAND.platform().clearTraps();
    }

    private void assertNothingCredited(JsonNode order) {
        assertThat(STAND.state(order)).isEqualTo("PENDING");
        assertThat(STAND.balance(tenant)).isEqualTo("0");
    }

    /**
     * As a stock server does: the name is "product" or escaped, and so is what we never send; or as
     * others do.
     */
    @ParameterizedTest
    @EnumSource(names = {"ESCAPED_TEXTS", "PLAIN_MONEY", "EXACT_ACKNOWLEDGEMENT"})
    void howThePlatformWritesIsNoMatter(Trap trap) {
        STAND.platform().set(trap);
        STAND.platform().set(Trap.LOSE_NOTIFY);
        var order = STAND.order(tenant, "one", "5.50");
        var paid = STAND.pay(order);

        Poll.until(PATIENCE, () -> STAND.tellAgain(paid));
        assertThat(STAND.balance(tenant)).isEqualTo("5.5");
    }

    /** Whatever the date, it is the platform that is asked. */
    @ParameterizedTest
    @CsvSource({"OLD_TIMESTAMP,1", "FUTURE_TIMESTAMP,1", "REPEAT_NOTIFY,0"})
    void aDateThatCannotBeIsNoticedAndNoMore(Trap trap, int odd) {
        STAND.platform().set(trap);
        STAND.platform().set(Trap.LOSE_NOTIFY);
        var order = STAND.order(tenant, "two", "5");
        var notice = STAND.platform().notice(STAND.pay(order));
        double before = misdated();

        assertThat(STAND.notify("two", notice).body()).isEqualTo("success");

        assertThat(misdated() - before).isEqualTo(odd);
        assertThat(STAND.balance(tenant)).isEqualTo("5");
    }

    private static double misdated() {
        return STAND.billing()
                .get(MeterRegistry.class)
                .counter("apihub_billing_payment_notices_misdated")
                .count();
    }

    /** The platforms take both; what is configured counts, whatever the message says of itself. */
    @Test
    void theOtherAlgorithmIsRefusedAndThePlatformAsked() {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        STAND.platform().set(Trap.MD5_ANYWAY);
        var order = STAND.order(tenant, "two", "5");
        var paid = STAND.pay(order);

        assertThat(STAND.tellAgain(paid)).isFalse();
        assertNothingCredited(order);
        STAND.reconcile();
        assertThat(STAND.balance(tenant)).isEqualTo("5");
    }

    /** Where nobody runs the platform's cron, what is not heard at once is never told again. */
    @ParameterizedTest
    @EnumSource(names = {"NEVER_AGAIN", "CLOSES_MERCHANT"})
    void whatNobodyHeardIsFoundByAsking(Trap trap) {
        STAND.platform().set(trap);
        STAND.platform().set(Trap.LOSE_NOTIFY);
        var waiting = STAND.order(tenant, "two", "3");
        var order = STAND.deafOrder(tenant, "one", "6");
        var paid = STAND.pay(order);
        for (int i = 0; i < 5; i++) {
            assertThat(STAND.tellAgain(paid)).isFalse();
        }
        assertThat(STAND.tellUntold(paid)).isFalse();

        STAND.reconcile();

        assertThat(STAND.state(order)).isEqualTo("CREDITED");
        var code = code(waiting);
        boolean closed = trap == Trap.CLOSES_MERCHANT;
        assertThat(code.statusCode()).as(code.body()).isEqualTo(closed ? 503 : 200);
        assertThat(code.body()).contains(closed ? "商户支付权限已关闭" : "qr-code");
    }

    private HttpResponse<String> code(JsonNode order) {
        var path = "/api/v1/tenants/" + tenant + "/orders/" + STAND.id(order) + "/code";
        return STAND.billing().post(path, null, "{}");
    }

    /** A number is good for one order for ten days: then it makes another one. */
    @Test
    void whoPaysTheSecondOrderOfANumberIsCreditedAndTheFirstIsKeptApart() {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        var order = STAND.order(tenant, "one", "6");
        STAND.platform().set(Trap.TEN_DAYS_LATER);
        var second = STAND.platform().pay(STAND.bring(order));
        assertThat(second.tradeNo()).isNotEqualTo(STAND.there(order).tradeNo());
        STAND.reconcile();
        assertNothingCredited(order);

        var told = STAND.notify("one", STAND.platform().notice(second));
        var first = STAND.notify("one", STAND.platform().notice(STAND.pay(order)));

        assertThat(told.body()).isEqualTo("success");
        assertThat(first.body()).isEqualTo("success");
        assertThat(STAND.balance(tenant)).isEqualTo("6");
        assertThat(detail(order).get("problem").asString()).startsWith("paid twice");
    }

    @Test
    void whatThePlatformHoldsIsCreditedWhenItLetsItGo() {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        STAND.platform().set(Trap.FROZEN);
        var order = STAND.order(tenant, "one", "6");
        var notice = STAND.platform().notice(STAND.pay(order));

        assertThat(STAND.notify("one", notice).body()).isEqualTo("fail");
        STAND.reconcile();
        assertNothingCredited(order);
        assertThat(STAND.lastNotice(order)).isEqualTo("unknown: the platform holds it, status 3");

        STAND.platform().clear(Trap.FROZEN);
        STAND.reconcile();
        assertThat(STAND.balance(tenant)).isEqualTo("6");
    }

    private static JsonNode detail(JsonNode order) {
        return RunningBilling.json(STAND.billing().get("/api/v1/orders/" + STAND.id(order)));
    }
}
