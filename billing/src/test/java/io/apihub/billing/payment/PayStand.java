package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.settings.Payments;
import io.apihub.billing.settings.Payments.MerchantKey;
import io.apihub.billing.settings.Payments.PayProvider;
import io.apihub.billing.settings.Payments.Signing;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.Soundness;
import io.apihub.billing.testing.TestSettings;
import io.apihub.dev.epay.EpaySimulator;
import io.apihub.dev.epay.Merchant;
import io.apihub.dev.epay.PlatformOrder;
import io.apihub.model.money.Credits;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** A billing with two providers at one simulated platform, one for each version. */
public final class PayStand implements AutoCloseable {

    static final FaultPoint NO_FAULT = step -> {};
    static final String KEY = "MERCHANTKEY000000000000000000001";
    private static final Merchant MERCHANT = new Merchant("1001", KEY, smallPair(), smallPair());

    private final TestDatabase database;
    private final EpaySimulator platform;
    private final RunningBilling billing;
    private final AtomicReference<FaultPoint> fault = new AtomicReference<>(NO_FAULT);

    /** The one that tests of this JVM share; it ends with the JVM. */
    static PayStand shared() {
        return Shared.STAND;
    }

    private static final class Shared {
        private static final PayStand STAND = new PayStand();
    }

    private PayStand() {
        this(TestDatabase.create(), startPlatform());
    }

    PayStand(TestDatabase database, EpaySimulator platform) {
        this.database = database;
        this.platform = platform;
        this.billing =
                RunningBilling.with(
                        TestSettings.of(database).with(payments(platform.url())),
                        beans ->
                                beans.registerBean(
                                        "testFault",
                                        FaultPoint.class,
                                        () -> step -> fault.get().reached(step),
                                        bean -> bean.setPrimary(true)));
        // What is due is done when a test says so.
        billing.get(PaymentWorker.class).stop();
        platform.tellAt(authority(billing));
    }

    /**
     * Without the compiler that makes RSA fast, it was a fifth of what payments cost here, of twice
     * this size, which is the least that holds a SHA-256 signature.
     */
    private static KeyPair smallPair() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(512);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has RSA", e);
        }
    }

    static EpaySimulator startPlatform() {
        return EpaySimulator.start(0, MERCHANT, List.of());
    }

    static String authority(RunningBilling billing) {
        return billing.request("/").build().uri().getAuthority();
    }

    static Payments payments(URI platform) {
        var url = URI.create(platform + "/");
        var terms = new Payments.Terms(credits("1"), credits("5000"), ZERO, "CNY", BigDecimal.ONE);
        var dollars =
                new Payments.Terms(
                        credits("1"),
                        credits("5000"),
                        new BigDecimal("0.6"),
                        "USD",
                        new BigDecimal("0.1399"));
        var rsa = new Signing.Rsa(MERCHANT.own().getPrivate(), MERCHANT.platform().getPublic());
        return new Payments(
                List.of(
                        new PayProvider(
                                "one",
                                url,
                                "1001",
                                new Signing.Md5(new MerchantKey(KEY)),
                                List.of("alipay", "wxpay"),
                                terms),
                        new PayProvider("two", url, "1001", rsa, List.of("usdt"), terms),
                        new PayProvider("usd", url, "1001", rsa, List.of("paypal"), dollars)),
                new Payments.TopUps(
                        List.of(new Payments.Option(credits("100"), credits("10"))),
                        true,
                        Duration.ofMinutes(30),
                        100_000),
                URI.create("http://127.0.0.1:1"));
    }

    private static final BigDecimal ZERO = BigDecimal.ZERO;

    static Credits credits(String amount) {
        return Credits.parse(amount);
    }

    RunningBilling billing() {
        return billing;
    }

    EpaySimulator platform() {
        return platform;
    }

    JdbcTemplate admin() {
        return database.admin();
    }

    TestDatabase database() {
        return database;
    }

    /** Hears of each step, instead of who heard of them before. */
    void onStep(FaultPoint point) {
        fault.set(point);
    }

    /** A tenant for one test, to which nobody owes anything: other tests' orders are let alone. */
    String freshTenant() {
        poll("NULL");
        admin().update("DELETE FROM billing.payment_inquiry");
        return tenant();
    }

    /** A tenant of its own; its name. */
    String tenant() {
        var name = "t" + UUID.randomUUID().toString().substring(0, 18);
        database.registry().tenant(name);
        return name;
    }

    /** Orders, and brings the order to the platform as a browser does. */
    JsonNode order(String tenant, String provider, String amount) {
        var type = Map.of("one", "alipay", "two", "usdt", "usd", "paypal").get(provider);
        var answer =
                billing.post(
                        "/api/v1/tenants/" + tenant + "/orders",
                        UUID.randomUUID().toString(),
                        "{\"amount\":\"%s\",\"provider\":\"%s\",\"type\":\"%s\"}"
                                .formatted(amount, provider, type));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        var order = RunningBilling.json(answer);
        bring(order);
        return order;
    }

    /** Follows the order's link, as a browser does; the platform's number of what is paid there. */
    String bring(JsonNode order) {
        var page = billing.send(HttpRequest.newBuilder(URI.create(order.get("payUrl").asString())));
        assertThat(page.statusCode()).as(page.body()).isEqualTo(302);
        return page.headers()
                .firstValue("Location")
                .map(url -> url.substring(url.lastIndexOf('/') + 1))
                .orElseThrow();
    }

    /** An order that the platform tells of where nobody hears it. */
    JsonNode deafOrder(String tenant, String provider, String amount) {
        platform.tellAt("127.0.0.1:1");
        try {
            return order(tenant, provider, amount);
        } finally {
            platform.tellAt(authority(billing));
        }
    }

    UUID id(JsonNode order) {
        return UUID.fromString(order.get("id").asString());
    }

    /** The order as the platform has it. */
    PlatformOrder there(JsonNode order) {
        return platform.order(OrderNumber.text(id(order)));
    }

    /** Pays as the payer does; the platform tells by itself. */
    PlatformOrder pay(JsonNode order) {
        return platform.pay(there(order).tradeNo());
    }

    /** An order that is paid and, by the reconciler, credited. */
    JsonNode credited(String tenant, String provider, String amount) {
        var order = order(tenant, provider, amount);
        pay(order);
        reconcile();
        assertThat(state(order)).isEqualTo("CREDITED");
        return order;
    }

    /** What the platform would send, by GET. */
    HttpResponse<String> notify(String provider, Map<String, String> fields) {
        return billing.send(
                billing.request("/api/payment/notify/" + provider + "?" + form(fields)));
    }

    /** The same by POST. */
    HttpResponse<String> post(String provider, Map<String, String> fields) {
        return billing.send(
                billing.request("/api/payment/notify/" + provider)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(form(fields))));
    }

    static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field ->
                        URLEncoder.encode(field.getKey(), StandardCharsets.UTF_8)
                                + "="
                                + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    /** What the audit log says of an order. */
    List<String> audited(JsonNode order) {
        return admin().query(
                        "SELECT action FROM billing.audit WHERE subject = ? ORDER BY audit_id",
                        (row, number) -> row.getString("action"),
                        "order/" + id(order));
    }

    String state(JsonNode order) {
        return Objects.requireNonNull(
                admin().queryForObject(
                                "SELECT state FROM billing.payment_order WHERE order_id = ?",
                                String.class,
                                id(order)));
    }

    String balance(String tenant) {
        return RunningBilling.json(billing.get("/api/v1/tenants/" + tenant + "/balance"))
                .get("balance")
                .asString();
    }

    /** The platform tells once more; whether it heard the word in time. */
    boolean tellAgain(PlatformOrder paid) {
        try {
            return platform.tellAgain(paid);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The platform tells what nobody acknowledged; whether it heard the word of this one. */
    boolean tellUntold(PlatformOrder paid) {
        try {
            platform.tellUntold();
            return !platform.isUntold(paid);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The last thing that is recorded of an order. */
    String lastNotice(JsonNode order) {
        return admin()
                .queryForList(
                        "SELECT outcome || ': ' || reason FROM billing.payment_notice"
                                + " WHERE order_id = ? ORDER BY notice_id DESC LIMIT 1",
                        String.class,
                        id(order))
                .stream()
                .findFirst()
                .orElse("none");
    }

    /** Makes everything due that waits for its time. */
    void due() {
        poll("now()");
        admin().update("UPDATE billing.payment_inquiry SET next_try_at = now()");
        admin().update("UPDATE billing.payment_refund SET next_try_at = now()");
    }

    /**
     * All that wait to be asked about, but for what is just credited: who waited for that, with
     * others in hand, might wait for ever.
     */
    private void poll(String at) {
        admin().update(
                        "UPDATE billing.payment_order SET next_poll_at = "
                                + at
                                + " WHERE order_id IN (SELECT order_id FROM billing.payment_order"
                                + " WHERE next_poll_at IS NOT NULL FOR UPDATE SKIP LOCKED)");
    }

    /**
     * Lets the reconciler do all that is due now. It passes over an order that a notice is just
     * credited for: that is waited for.
     */
    void reconcile() {
        due();
        try {
            for (boolean more = true; more; ) {
                more = false;
                for (var lane : Lane.of(payments(platform.url()))) {
                    more |= billing.get(Reconciler.class).round(lane);
                }
            }
            admin().queryForList(
                            "SELECT order_id FROM billing.payment_order ORDER BY order_id FOR UPDATE",
                            UUID.class);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    void checkSound() {
        Soundness.check(admin());
    }

    @Override
    public void close() {
        billing.close();
        platform.close();
    }
}
