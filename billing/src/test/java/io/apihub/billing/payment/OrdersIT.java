package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.events.OpenStream;
import io.apihub.billing.testing.LogLines;
import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.dev.epay.Trap;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Orders over REST, and what strangers may send to where platforms tell of payments. */
class OrdersIT {

    private static final PayStand STAND = PayStand.shared();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String tenant = STAND.freshTenant();

    @AfterEach
    void noTraps() {
        STAND.platform().clearTraps();
    }

    @Test
    void aCodeIsTheSameForARepeat() {
        var order = STAND.order(tenant, "two", "12");
        var path = "/api/v1/tenants/" + tenant + "/orders/" + STAND.id(order) + "/code";

        var code = STAND.billing().post(path, null, "{}");
        var again = STAND.billing().post(path, null, "{}");

        assertThat(code.statusCode()).as(code.body()).isEqualTo(200);
        assertThat(RunningBilling.json(code).get("kind").asString()).isEqualTo("qr-code");
        assertThat(RunningBilling.json(code).get("content").asString())
                .endsWith("/pay/" + STAND.there(order).tradeNo());
        assertThat(again.body()).isEqualTo(code.body());
        assertThat(STAND.audited(order))
                .startsWith("order.created", "order.code-asked", "order.code-asked");
    }

    @Test
    void whoAsksForCodesWithoutEndIsThrottled() {
        var order = STAND.order(tenant, "two", "12");
        var path = "/api/v1/tenants/" + tenant + "/orders/" + STAND.id(order) + "/code";
        for (int i = 0; i < 20; i++) {
            assertThat(STAND.billing().post(path, null, "{}").statusCode()).isEqualTo(200);
        }

        var throttled = STAND.billing().post(path, null, "{}");

        assertThat(throttled.statusCode()).as(throttled.body()).isEqualTo(429);
    }

    @Test
    void whoWatchesAnOrderIsToldWhenItIsPaid() {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        var order = STAND.order(tenant, "one", "12");
        var path = "/api/v1/tenants/" + tenant + "/orders/" + STAND.id(order) + "/events";
        var token = "Bearer " + STAND.billing().token();
        try (var stream = OpenStream.of(STAND.billing(), path, "Authorization", token)) {
            Poll.until(PATIENCE, () -> stream.text().contains("{\"state\":\"PENDING\"}"));

            STAND.notify("one", STAND.platform().notice(STAND.pay(order)));

            Poll.until(PATIENCE, () -> stream.text().contains("{\"state\":\"CREDITED\"}"));
        }
    }

    /** The payer is back before anybody was told. */
    @Test
    void whoAsksForACodeOfWhatIsPaidHasThePlatformAsked() {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        var order = STAND.order(tenant, "two", "12");
        STAND.pay(order);
        var path = "/api/v1/tenants/" + tenant + "/orders/" + STAND.id(order) + "/code";

        var code = STAND.billing().post(path, null, "{}");

        assertThat(code.statusCode()).as(code.body()).isEqualTo(503);
        assertThat(code.body()).contains("已完成支付");
        assertThat(
                        STAND.admin()
                                .queryForObject(
                                        "SELECT next_poll_at <= now() FROM billing.payment_order"
                                                + " WHERE order_id = ?",
                                        Boolean.class,
                                        STAND.id(order)))
                .isTrue();
    }

    @Test
    void anOrderOfAProviderThatIsNotConfiguredAnyMoreIsLetAlone() {
        var order = STAND.order(tenant, "two", "12");
        provider(order, "gone");
        try {
            var path = "/api/v1/tenants/" + tenant + "/orders/" + STAND.id(order);

            STAND.reconcile();

            assertThat(STAND.state(order)).isEqualTo("PENDING");
            assertThat(STAND.billing().get(path).statusCode()).isEqualTo(200);
            var code = STAND.billing().post(path + "/code", null, "{}");
            assertThat(code.statusCode()).as(code.body()).isEqualTo(409);
            assertThat(code.body()).contains(":provider-gone", "Order by another one");
            assertThat(misses(order)).isOne();
        } finally {
            provider(order, "two");
        }
        STAND.pay(order);
        STAND.reconcile();
        assertThat(STAND.state(order)).isEqualTo("CREDITED");
    }

    @Test
    void whoIsNotToldAsksByTheOrdersAge() {
        var order = STAND.order(tenant, "one", "12");
        assertThat(secondsToNextPoll(order)).isEqualTo(10);
        STAND.admin()
                .update(
                        "UPDATE billing.payment_order SET created_at = now() - interval '5 min'"
                                + " WHERE order_id = ?",
                        STAND.id(order));

        STAND.reconcile();

        assertThat(secondsToNextPoll(order)).isEqualTo(600);
    }

    /** Since it was made. */
    private static int secondsToNextPoll(JsonNode order) {
        return Objects.requireNonNull(
                STAND.admin()
                        .queryForObject(
                                "SELECT round(extract(epoch FROM next_poll_at - created_at))::int"
                                        + " FROM billing.payment_order WHERE order_id = ?",
                                Integer.class,
                                STAND.id(order)));
    }

    private static void provider(JsonNode order, String name) {
        STAND.admin()
                .update(
                        "UPDATE billing.payment_order SET provider = ? WHERE order_id = ?",
                        name,
                        STAND.id(order));
    }

    private static int misses(JsonNode order) {
        return Objects.requireNonNull(
                STAND.admin()
                        .queryForObject(
                                "SELECT misses FROM billing.payment_order WHERE order_id = ?",
                                Integer.class,
                                STAND.id(order)));
    }

    @Test
    void theKeyIsInNoTableAndInNoLogLine() {
        try (var log = LogLines.ofAll()) {
            var order = STAND.order(tenant, "one", "2");
            assertThat(order.toString()).doesNotContain(PayStand.KEY);
            for (var trap : List.of(Trap.DOWN, Trap.HTML_ANSWERS, Trap.MERCHANT_UNKNOWN)) {
                STAND.platform().set(trap);
                STAND.reconcile();
                STAND.billing()
                        .post(
                                "/api/v1/tenants/"
                                        + tenant
                                        + "/orders/"
                                        + STAND.id(order)
                                        + "/code",
                                null,
                                "{}");
                STAND.platform().clear(trap);
            }
            STAND.platform().set(Trap.LOSE_NOTIFY);
            STAND.platform().payOnly(STAND.there(order).tradeNo(), "1");
            STAND.reconcile();
            var notice = STAND.platform().notice(STAND.there(order));
            STAND.notify("one", notice);
            STAND.notify("two", notice);

            assertThat(log.texts())
                    .anyMatch(line -> line.contains("was paid 1"))
                    .noneMatch(line -> line.contains(PayStand.KEY));
        }
        var tables = tables();
        assertThat(tables).contains("billing.payment_notice", "billing.idempotent_answer");
        assertThat(tables.stream().filter(OrdersIT::holdsTheKey)).isEmpty();
    }

    private static List<String> tables() {
        return STAND.admin()
                .query(
                        "SELECT table_schema || '.' || table_name FROM information_schema.tables"
                                + " WHERE table_type = 'BASE TABLE' AND table_schema"
                                + " NOT IN ('pg_catalog', 'information_schema')",
                        (row, number) -> row.getString(1));
    }

    /** As it is, and as columns of bytes are shown. */
    private static boolean holdsTheKey(String table) {
        return Boolean.TRUE.equals(
                STAND.admin()
                        .queryForObject(
                                "SELECT EXISTS (SELECT FROM "
                                        + table
                                        + " t WHERE strpos(t::text, ?) > 0 OR strpos(t::text,"
                                        + " encode(convert_to(?, 'UTF8'), 'hex')) > 0)",
                                Boolean.class,
                                PayStand.KEY,
                                PayStand.KEY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "+1",
                "1e2",
                "1.001",
                "１０",
                "1,5",
                "",
                "0",
                "0.99",
                "5000.01",
                " 1",
                "01",
                "CNY 1",
                "1 USD",
                "NaN",
                "999999999999"
            })
    void anAmountInAnotherFormIsRefusedWithTheAllowedOne(String amount) {
        var answer = wish(amount, "one", "alipay");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(RunningBilling.json(answer).get("field").asString()).isEqualTo("amount");
        assertThat(RunningBilling.json(answer).get("detail").asString())
                .startsWith("Must be ")
                .contains("CNY");
    }

    @Test
    void providerAndTypeMustBeConfigured() {
        assertThat(wish("10", "three", "alipay").body()).contains("provider").contains("one, two");
        assertThat(wish("10", "one", "bank").body()).contains("alipay, wxpay");
    }

    private HttpResponse<String> wish(String amount, String provider, String type) {
        return STAND.billing()
                .post(
                        "/api/v1/tenants/" + tenant + "/orders",
                        UUID.randomUUID().toString(),
                        "{\"amount\":\"%s\",\"provider\":\"%s\",\"type\":\"%s\"}"
                                .formatted(amount, provider, type));
    }

    @Test
    void anOrderIsMadeOncePerKeyAndListed() {
        var key = UUID.randomUUID().toString();
        var body = "{\"amount\":\"100\",\"provider\":\"one\",\"type\":\"wxpay\"}";
        var path = "/api/v1/tenants/" + tenant + "/orders";

        var first = STAND.billing().post(path, key, body);
        var second = STAND.billing().post(path, key, body);

        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.headers().firstValue("Idempotency-Replayed")).contains("true");
        var list = RunningBilling.json(STAND.billing().get(path)).get("items");
        assertThat(list).hasSize(1);
        assertThat(list.get(0).get("bonus").asString()).isEqualTo("10");
        assertThat(
                        RunningBilling.json(STAND.billing().get("/api/v1/topup-options"))
                                .get("providers"))
                .hasSize(3);
    }

    /** The platform forgets a payment as soon as it reads that word anywhere. */
    @Test
    void noErrorPageOnThePathHoldsTheWord() {
        for (var method : new String[] {"PUT", "DELETE", "PATCH", "OPTIONS", "SUCCESS"}) {
            assertNoWord(send(method, "/api/payment/notify/one"));
        }
        for (var path :
                new String[] {
                    "/api/payment/notify",
                    "/api/payment/notify/",
                    "/api/payment/notify/success",
                    "/api/payment/notify/one/success",
                    "/api/payment/notify/one?success=success&sign=success",
                    "/api/payment/success",
                    "/api/payment/notify/one%2Fsuccess",
                    "/api/payment/notify/" + "x".repeat(7000)
                }) {
            assertNoWord(send("GET", path));
            assertNoWord(send("POST", path));
        }
        for (var form :
                List.of(
                        "success=%zz",
                        "success=%",
                        "success",
                        "=success",
                        "success=success&".repeat(100),
                        "a=" + "success".repeat(500_000))) {
            assertNoWord(
                    STAND.billing()
                            .send(
                                    STAND.billing()
                                            .request("/api/payment/notify/one")
                                            .header(
                                                    "Content-Type",
                                                    "application/x-www-form-urlencoded")
                                            .POST(BodyPublishers.ofString(form))));
        }
    }

    private static HttpResponse<String> send(String method, String path) {
        return STAND.billing()
                .send(
                        STAND.billing()
                                .request(path)
                                .method(method, BodyPublishers.ofString("success=success")));
    }

    private static void assertNoWord(HttpResponse<String> answer) {
        assertThat(answer.body().toLowerCase(Locale.ROOT)).doesNotContain("success");
        assertThat(answer.statusCode()).isGreaterThanOrEqualTo(400);
    }

    @Test
    void strangersNoticesAreRecordedWithTheirReason() {
        var name = "stranger-" + UUID.randomUUID();

        assertThat(STAND.notify(name, Map.of("sign", "x", "a", "\u0000b")).body())
                .isEqualTo("fail");

        assertThat(
                        STAND.admin()
                                .queryForObject(
                                        "SELECT reason || fields::text FROM billing.payment_notice"
                                                + " WHERE provider = ?",
                                        String.class,
                                        name))
                .isEqualTo("no such provider{\"a\": \"?b\"}");
    }
}
