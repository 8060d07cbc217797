package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.payment.epay.EpaySignature;
import io.apihub.billing.settings.Payments.MerchantKey;
import io.apihub.billing.settings.Payments.Signing;
import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.dev.epay.Trap;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What platforms do to their merchants, one trap each; over the wire, as it happens. */
class PaymentIT {

    private static final PayStand STAND = PayStand.shared();
    private static final EpaySignature SIGNATURE =
            new EpaySignature(new Signing.Md5(new MerchantKey(PayStand.KEY)));
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String tenant = STAND.freshTenant();

    @AfterAll
    static void stop() {
        STAND.checkSound();
    }

    @AfterEach
    void noTraps() {
        STAND.platform().clearTraps();
    }

    private static void await(JsonNode order, String state) {
        Poll.until(PATIENCE, () -> STAND.state(order).equals(state));
    }

    private void assertNothingCredited(JsonNode order) {
        assertThat(STAND.state(order)).isEqualTo("PENDING");
        assertThat(STAND.balance(tenant)).isEqualTo("0");
    }

    @ParameterizedTest
    @CsvSource({"one,1", "one,10.5", "one,1.01", "two,10.50", "usd,100"})
    void whoPaysIsCreditedOnce(String provider, String amount) {
        var order = STAND.order(tenant, provider, amount);

        var paid = STAND.pay(order);

        await(order, "CREDITED");
        var bonus = amount.equals("100") ? "110" : amount.replaceAll("\\.(\\d)0$", ".$1");
        assertThat(STAND.balance(tenant)).isEqualTo(bonus);
        var again = STAND.notify(provider, STAND.platform().notice(paid));
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).isEqualTo("success");
        assertThat(STAND.balance(tenant)).isEqualTo(bonus);
        assertThat(
                        STAND.admin()
                                .queryForList(
                                        "SELECT kind FROM billing.notice WHERE notice_key = ?",
                                        String.class,
                                        "payment-credited/" + STAND.id(order)))
                .containsExactly("payment-credited");
    }

    @Test
    void feeAndRateAreInThePriceAndRoundedUp() {
        var order = STAND.order(tenant, "usd", "10");

        // 10 x 0.1399 x 1.006 = 1.407394
        assertThat(order.get("payAmount").asString()).isEqualTo("1.41");
        assertThat(order.get("payCurrency").asString()).isEqualTo("USD");
        assertThat(STAND.there(order).request().money()).isEqualByComparingTo("1.41");
    }

    @Test
    void noticesByPostCountToo() {
        STAND.platform().set(Trap.POST_NOTIFY);
        var order = STAND.order(tenant, "two", "3");

        STAND.pay(order);

        await(order, "CREDITED");
    }

    @Test
    void noticesThatComeTogetherCreditOnce() {
        STAND.platform().set(Trap.REPEAT_NOTIFY);
        var order = STAND.order(tenant, "one", "7");

        STAND.pay(order);

        await(order, "CREDITED");
        assertThat(STAND.balance(tenant)).isEqualTo("7");
    }

    @Test
    void aLostNoticeIsFoundByAsking() {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        var order = STAND.order(tenant, "one", "7");
        STAND.pay(order);

        STAND.reconcile();

        assertThat(STAND.state(order)).isEqualTo("CREDITED");
    }

    @Test
    void aNoticeOfWhatNobodyPaidIsNotBelievedWhoeverSignedIt() {
        var order = STAND.order(tenant, "one", "500");

        var answer = STAND.notify("one", STAND.platform().notice(STAND.there(order)));

        assertThat(answer.body()).isEqualTo("fail");
        assertThat(STAND.lastNotice(order)).startsWith("not-paid");
        assertNothingCredited(order);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"money", "pid", "trade_no", "out_trade_no", "trade_status", "type", "sign"})
    void aForgedFieldIsRefused(String field) {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        var order = STAND.order(tenant, "one", "5");
        var fields = new LinkedHashMap<>(STAND.platform().notice(STAND.pay(order)));
        fields.put(field, fields.get(field) + "1");

        assertThat(STAND.notify("one", fields).body()).isEqualTo("fail");
        assertNothingCredited(order);
    }

    /** Whoever has the key still tells of an order of ours, in every detail. */
    @ParameterizedTest
    @CsvSource({
        "pid, 1002, another pid",
        "trade_status, TRADE_CLOSED, trade_status is not TRADE_SUCCESS",
        "trade_status, , trade_status is not TRADE_SUCCESS",
        "trade_status, trade_success, trade_status is not TRADE_SUCCESS",
        "trade_no, , no trade number",
        "money, 5.01, the amount is not 5.00",
        "money, 4.99, the amount is not 5.00",
        "money, 5e0, the amount is not 5.00",
        "money, , the amount is not 5.00"
    })
    void whatIsSignedAndNotOursIsRefused(String field, String value, String reason) {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        var order = STAND.order(tenant, "one", "5");
        var fields = new LinkedHashMap<>(STAND.platform().notice(STAND.pay(order)));
        fields.put(field, value == null ? "" : value);
        fields.remove("sign");

        var told = STAND.notify("one", SIGNATURE.signed(fields));

        assertThat(told.body()).isEqualTo("fail");
        assertThat(STAND.lastNotice(order)).isEqualTo("refused: " + reason);
        assertNothingCredited(order);
    }

    @Test
    void anUnsignedExtraFieldIsRefused() {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        STAND.platform().set(Trap.STRAY_FIELD);
        var order = STAND.order(tenant, "one", "5");

        assertThat(STAND.tellAgain(STAND.pay(order))).isFalse();
        assertNothingCredited(order);
    }

    @Test
    void aNoticeOfAnotherProviderIsRefused() {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        var order = STAND.order(tenant, "two", "5");
        var fields = STAND.platform().notice(STAND.pay(order));

        assertThat(STAND.notify("usd", fields).body()).isEqualTo("fail");
        assertThat(STAND.lastNotice(order)).isEqualTo("refused: an order of another provider");
        assertThat(STAND.notify("one", fields).body()).as("MD5 is pinned there").isEqualTo("fail");
        assertThat(STAND.notify("none", fields).body()).isEqualTo("fail");
        assertNothingCredited(order);
    }

    @ParameterizedTest
    @ValueSource(strings = {"one", "two"})
    void whoPaysLessIsNotCreditedAndSomebodyLooksAtIt(String provider) {
        STAND.platform().set(Trap.PAY_LESS);
        var order = STAND.order(tenant, provider, "100");

        var paid = STAND.pay(order);

        assertThat(STAND.notify(provider, STAND.platform().notice(paid)).body()).isEqualTo("fail");
        assertThat(STAND.lastNotice(order)).startsWith("refused: the amount is not");
        STAND.reconcile();
        assertThat(STAND.lastNotice(order)).isEqualTo("suspense: " + paid.tradeNo());
        assertThat(detail(order).get("problem").asString()).startsWith("paid 50.00, not 100");
        assertNothingCredited(order);
        assertThat(STAND.billing().get("/api/v1/orders?problems=true").body())
                .contains(STAND.id(order).toString());
    }

    @Test
    void aSecondPaymentIsKeptApart() {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        STAND.platform().set(Trap.PAY_TWICE);
        var order = STAND.order(tenant, "one", "20");
        var first = STAND.pay(order);
        var second = STAND.pay(order);
        assertThat(second.tradeNo()).isNotEqualTo(first.tradeNo());

        assertThat(STAND.notify("one", STAND.platform().notice(second)).body())
                .isEqualTo("success");
        assertThat(STAND.notify("one", STAND.platform().notice(first)).body()).isEqualTo("success");

        assertThat(STAND.balance(tenant)).isEqualTo("20");
        assertThat(STAND.lastNotice(order)).startsWith("suspense");
        assertThat(detail(order).get("problem").asString()).contains(first.tradeNo());
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTML_ANSWERS", "DOWN", "FORGED_REPLIES", "MERCHANT_UNKNOWN"})
    void whatCannotBeAskedWaitsAndIsCreditedLater(Trap trap) {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        var order = STAND.order(tenant, "two", "9");
        var fields = STAND.platform().notice(STAND.pay(order));
        STAND.platform().set(trap);

        assertThat(STAND.notify("two", fields).body()).isEqualTo("fail");
        assertNothingCredited(order);
        STAND.reconcile();
        assertNothingCredited(order);
        assertThat(STAND.lastNotice(order)).startsWith("unknown");

        STAND.platform().clear(trap);
        STAND.reconcile();
        assertThat(STAND.state(order)).isEqualTo("CREDITED");
        assertThat(STAND.balance(tenant)).isEqualTo("9");
    }

    @Test
    void whoTellsWhileTooManyDoTellsAgain() {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        var order = STAND.order(tenant, "one", "9");
        var paid = STAND.pay(order);
        var fields = STAND.platform().notice(paid);

        var busy =
                whileNoTurnIsFree(
                        6,
                        () -> {
                            STAND.tellAgain(paid);
                            return STAND.notify("one", fields);
                        });

        assertThat(busy.statusCode()).isEqualTo(429);
        assertThat(busy.body()).isEqualTo("fail");
        assertThat(STAND.platform().isUntold(paid)).as("it heard that too").isTrue();
        Poll.until(PATIENCE, () -> STAND.tellUntold(paid));
        assertThat(STAND.balance(tenant)).isEqualTo("9");
    }

    private static HttpResponse<String> whileNoTurnIsFree(
            int turns, Supplier<HttpResponse<String>> work) {
        return turns == 0
                ? work.get()
                : STAND.billing().get(Turns.class).take(() -> whileNoTurnIsFree(turns - 1, work));
    }

    @Test
    void aStatusAloneIsNoPayment() {
        var order = STAND.order(tenant, "one", "9");
        STAND.platform().set(Trap.WAITING_IS_PAID);

        STAND.reconcile();

        assertNothingCredited(order);
    }

    @Test
    void whoPaysAfterTheOrderExpiredIsCreditedAndFlagged() {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        var order = STAND.order(tenant, "one", "30");
        STAND.admin()
                .update(
                        "UPDATE billing.payment_order SET expires_at = now() WHERE order_id = ?",
                        STAND.id(order));
        STAND.reconcile();
        assertThat(STAND.state(order)).isEqualTo("EXPIRED");

        var fields = STAND.platform().notice(STAND.pay(order));
        assertThat(STAND.notify("one", fields).body()).isEqualTo("success");

        assertThat(STAND.state(order)).isEqualTo("CREDITED");
        assertThat(detail(order).at("/order/late").asBoolean()).isTrue();
    }

    @Test
    void whatThePlatformDeletedWasNeverPaid() {
        var order = STAND.order(tenant, "one", "30");
        STAND.admin()
                .update(
                        "UPDATE billing.payment_order SET created_at = now() - interval '23 h',"
                                + " expires_at = now() WHERE order_id = ?",
                        STAND.id(order));
        STAND.platform().set(Trap.UNPAID_DELETED);

        STAND.reconcile();

        assertThat(STAND.state(order)).isEqualTo("EXPIRED");
        assertThat(
                        STAND.admin()
                                .queryForObject(
                                        "SELECT next_poll_at IS NULL FROM billing.payment_order"
                                                + " WHERE order_id = ?",
                                        Boolean.class,
                                        STAND.id(order)))
                .isTrue();
    }

    @Test
    void anOrderIsCreditedByHandOnceAndThePlatformsWordCountsNoMore() {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        var order = STAND.order(tenant, "one", "40");
        var path = "/api/v1/orders/" + STAND.id(order) + "/credit";
        assertThat(STAND.billing().post(path, null, "{\"reason\":\" \"}").statusCode())
                .isEqualTo(400);

        var answer = STAND.billing().post(path, null, "{\"reason\":\"bank statement 7\"}");
        var again = STAND.billing().post(path, null, "{\"reason\":\"bank statement 7\"}");
        var fields = STAND.platform().notice(STAND.pay(order));
        var told = STAND.notify("one", fields);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(told.body()).isEqualTo("success");
        assertThat(STAND.lastNotice(order)).startsWith("confirmed");
        assertThat(STAND.balance(tenant)).isEqualTo("40");
        assertThat(STAND.audited(order)).containsExactly("order.created", "order.credited");
    }

    /** Nothing but the account is missing: nobody else need be asked when it is there. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatWaitedForItsTenantIsCreditedWithoutThePlatform(boolean byHand) {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        var order = STAND.order(tenant, "one", "40");
        var owner = ownerBecomes(order, UUID.randomUUID());
        if (byHand) {
            var path = "/api/v1/orders/" + STAND.id(order) + "/credit";
            STAND.billing().post(path, null, "{\"reason\":\"bank statement 8\"}");
        } else {
            STAND.notify("one", STAND.platform().notice(STAND.pay(order)));
        }
        STAND.platform().set(Trap.DOWN);
        STAND.reconcile();
        assertThat(STAND.state(order)).isEqualTo("PAID");

        ownerBecomes(order, owner);
        STAND.reconcile();

        assertThat(STAND.state(order)).isEqualTo("CREDITED");
        assertThat(STAND.lastNotice(order)).isEqualTo("credited: ");
        STAND.reconcile();
        assertThat(STAND.balance(tenant)).isEqualTo("40");
    }

    /** Who owned it before. */
    private static UUID ownerBecomes(JsonNode order, UUID owner) {
        var before =
                Objects.requireNonNull(
                        STAND.admin()
                                .queryForObject(
                                        "SELECT tenant_id FROM billing.payment_order"
                                                + " WHERE order_id = ?",
                                        UUID.class,
                                        STAND.id(order)));
        STAND.admin()
                .update(
                        "UPDATE billing.payment_order SET tenant_id = ? WHERE order_id = ?",
                        owner,
                        STAND.id(order));
        return before;
    }

    private static JsonNode detail(JsonNode order) {
        return RunningBilling.json(STAND.billing().get("/api/v1/orders/" + STAND.id(order)));
    }
}
