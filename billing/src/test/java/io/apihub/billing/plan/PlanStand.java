package io.apihub.billing.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.kube.TenantTerms;
import io.apihub.billing.plan.FaultPoint.Step;
import io.apihub.billing.settings.Payments;
import io.apihub.billing.settings.Payments.MerchantKey;
import io.apihub.billing.settings.Payments.PayProvider;
import io.apihub.billing.settings.Payments.Signing;
import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.Soundness;
import io.apihub.billing.testing.TestSettings;
import io.apihub.dev.epay.EpaySimulator;
import io.apihub.dev.epay.Merchant;
import io.apihub.dev.epay.Trap;
import io.apihub.model.money.Credits;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;

/** A billing whose plans have a time of their own, and whose work is done when a test says so. */
final class PlanStand {

    private static final String KEY = "MERCHANTKEY000000000000000000001";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final EpaySimulator platform =
            EpaySimulator.start(0, Merchant.of("1001", KEY), List.of());
    private final TestDatabase database = TestDatabase.create();
    private final FakeTenants tenants = new FakeTenants();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final AtomicReference<@Nullable Step> fatal = new AtomicReference<>();
    private final RunningBilling billing = start();

    PlanStand() {
        platform.tellAt(billing.request("/").build().uri().getAuthority());
        plan("basic", "30", "10", "basic");
        plan("pro", "60", "40", "pro");
    }

    /** Another process on the same tables. */
    RunningBilling start() {
        var started =
                RunningBilling.with(
                        TestSettings.of(database).with(payments(platform.url())),
                        beans -> {
                            beans.registerBean(
                                    "testTime",
                                    PlanTime.class,
                                    () -> new PlanTime(now::get),
                                    bean -> bean.setPrimary(true));
                            beans.registerBean(
                                    "fatal",
                                    FaultPoint.class,
                                    () -> this::end,
                                    bean -> bean.setPrimary(true));
                            beans.registerBean(
                                    "fakeTenants",
                                    TenantTerms.class,
                                    () -> tenants,
                                    bean -> bean.setPrimary(true));
                        });
        started.get(PlanWorker.class).stop();
        return started;
    }

    static Payments payments(URI platform) {
        var terms =
                new Payments.Terms(
                        Credits.parse("20"),
                        Credits.parse("5000"),
                        BigDecimal.ZERO,
                        "CNY",
                        BigDecimal.ONE);
        return new Payments(
                List.of(
                        new PayProvider(
                                "one",
                                URI.create(platform + "/"),
                                "1001",
                                new Signing.Md5(new MerchantKey(KEY)),
                                List.of("alipay"),
                                terms)),
                new Payments.TopUps(
                        List.of(new Payments.Option(Credits.parse("30"), Credits.parse("5"))),
                        true,
                        Duration.ofMinutes(30),
                        20),
                URI.create("http://127.0.0.1:1"));
    }

    /** As abrupt as it gets inside of one process: nothing that comes after is done. */
    private void end(Step step) {
        if (fatal.compareAndSet(step, null)) {
            throw new IllegalStateException("killed after " + step);
        }
    }

    /** The process ends once when it gets there. */
    void killAfter(@Nullable Step step) {
        fatal.set(step);
    }

    @Nullable Step notReached() {
        return fatal.get();
    }

    /** Time begins anew; what other tests left behind has no part in it. */
    Instant restart() {
        killAfter(null);
        tenants.goAway(false);
        tenants.keep(false);
        admin().update(
                        "UPDATE billing.subscription SET state = 'ENDED', look_at = NULL,"
                                + " ended_at = now(), end_reason = 'test' WHERE state <> 'ENDED'");
        admin().update("UPDATE billing.plan_application SET applied = generation, wanted = NULL");
        // What expires does so by the database's clock.
        var begin = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        now.set(begin);
        return begin;
    }

    void timeIs(Instant time) {
        now.set(time);
    }

    RunningBilling billing() {
        return billing;
    }

    FakeTenants tenants() {
        return tenants;
    }

    JdbcTemplate admin() {
        return database.admin();
    }

    String jdbcUrl() {
        return database.settings().jdbcUrl();
    }

    EpaySimulator platform() {
        return platform;
    }

    /** A tenant of its own, with so much credit that does not expire; its id. */
    UUID tenant(String credit) {
        var id = database.registry().tenant("t" + UUID.randomUUID().toString().substring(0, 18));
        if (!credit.equals("0")) {
            made(post("/api/v1/tenants/" + id + "/grants", key(), amount(credit)));
        }
        return id;
    }

    static String amount(String credit) {
        return "{\"amount\": \"%s\", \"reason\": \"a test\"}".formatted(credit);
    }

    static String key() {
        return UUID.randomUUID().toString();
    }

    JsonNode plan(String name, String price, String included, String template) {
        return made(
                post(
                        "/api/v1/plans",
                        key(),
                        """
                        {"name": "%s", "displayName": "Plan %s", "price": "%s", "period": "MONTH",
                         "includedCredit": "%s", "graceDays": 3, "template": "%s"}
                        """
                                .formatted(name, name, price, included, template)));
    }

    /** Gives a plan another price, and other terms. */
    HttpResponse<String> put(String plan, String price) {
        var terms =
                "{\"displayName\": \"V\", \"price\": \"%s\", \"period\": \"MONTH\"}"
                        .formatted(price);
        return billing.send(
                authorized("/api/v1/plans/" + plan).PUT(BodyPublishers.ofString(terms)));
    }

    HttpResponse<String> retire(String plan) {
        return billing.send(authorized("/api/v1/plans/" + plan).DELETE());
    }

    private HttpRequest.Builder authorized(String path) {
        return billing.request(path)
                .header("Authorization", "Bearer " + billing.token())
                .header("Content-Type", "application/json");
    }

    static JsonNode made(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return RunningBilling.json(answer);
    }

    HttpResponse<String> post(String path, @Nullable String key, String body) {
        return billing.post(path, key, body);
    }

    static String path(UUID tenant) {
        return "/api/v1/tenants/" + tenant + "/subscription";
    }

    HttpResponse<String> buy(UUID tenant, String plan, boolean autoRenew) {
        return post(
                path(tenant),
                key(),
                "{\"plan\": \"%s\", \"autoRenew\": %s}".formatted(plan, autoRenew));
    }

    HttpResponse<String> change(UUID tenant, String plan) {
        return post(path(tenant) + "/changes", key(), "{\"plan\": \"" + plan + "\"}");
    }

    HttpResponse<String> renew(UUID tenant) {
        return post(path(tenant) + "/renewals", key(), "{}");
    }

    HttpResponse<String> choose(UUID tenant, String choice, @Nullable String ifMatch) {
        var request = authorized(path(tenant)).method("PATCH", BodyPublishers.ofString(choice));
        if (ifMatch != null) {
            request.header("If-Match", ifMatch);
        }
        return billing.send(request);
    }

    /** Orders something of a plan; the id of the order. */
    String order(UUID tenant, String action, String plan) {
        return made(post(
                        path(tenant) + "/orders",
                        key(),
                        """
                        {"action": "%s", "plan": "%s", "provider": "one", "type": "alipay"}
                        """
                                .formatted(action, plan)))
                .get("orderId")
                .asString();
    }

    /** Brings an order to the platform as a browser does; its number there. */
    String bring(String order) {
        var path = "/api/v1/orders/" + order;
        var tenant = RunningBilling.json(billing.get(path)).at("/order/tenantId").asString();
        var shown = billing.get("/api/v1/tenants/" + tenant + "/orders/" + order);
        var page = RunningBilling.json(shown).get("payUrl").asString();
        assertThat(billing.send(HttpRequest.newBuilder(URI.create(page))).statusCode())
                .isEqualTo(302);
        return platform.order(order.replace("-", "")).tradeNo();
    }

    /** The payer pays at the platform, which tells; ends when the credit is there. */
    void payThere(String order) {
        platform.pay(bring(order));
        Poll.until(PATIENCE, () -> paymentState(order).equals("CREDITED"));
    }

    /**
     * The same, but the platform's notice is lost, and nobody asks it for an hour.
     *
     * @return path and query that it would have told
     */
    String payUntold(String order) {
        var number = bring(order);
        admin().update(
                        "UPDATE billing.payment_order SET next_poll_at = now() + interval '1 h'"
                                + " WHERE order_id = ?::uuid",
                        order);
        platform.set(Trap.LOSE_NOTIFY);
        var notice = platform.notice(platform.pay(number));
        platform.clear(Trap.LOSE_NOTIFY);
        return "/api/payment/notify/one?"
                + notice.entrySet().stream()
                        .map(field ->
                                field.getKey()
                                        + "="
                                        + URLEncoder.encode(
                                                field.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"));
    }

    /** The state of the payment of an order. */
    String paymentState(String order) {
        return RunningBilling.json(billing.get("/api/v1/orders/" + order))
                .at("/order/state")
                .asString();
    }

    /** An administrator says that it is paid. */
    HttpResponse<String> pay(String order) {
        return post("/api/v1/orders/" + order + "/credit", null, "{\"reason\": \"a test\"}");
    }

    JsonNode subscription(UUID tenant) {
        var answer = billing.get(path(tenant));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return RunningBilling.json(answer);
    }

    /** The kinds of what happened, oldest first. */
    List<String> history(UUID tenant) {
        return admin()
                .queryForList(
                        "SELECT kind FROM billing.subscription_event WHERE tenant_id = ?"
                                + " ORDER BY event_id",
                        String.class,
                        tenant)
                .stream()
                .map(String::valueOf)
                .toList();
    }

    /** What the audit log says of a tenant, oldest first. */
    List<String> audited(UUID tenant) {
        return admin().query(
                        "SELECT action FROM billing.audit WHERE subject = ? ORDER BY audit_id",
                        (row, number) -> row.getString("action"),
                        "tenant/" + tenant);
    }

    /** The state of an order for a plan. */
    String orderState(String order) {
        return String.valueOf(
                admin().queryForObject(
                                "SELECT state FROM billing.plan_order WHERE order_id = ?::uuid",
                                String.class,
                                order));
    }

    String balance(UUID tenant) {
        return RunningBilling.json(billing.get("/api/v1/tenants/" + tenant + "/balance"))
                .get("balance")
                .asString();
    }

    /** Everything that is due is done, whatever was put off. */
    void work() {
        work(billing);
    }

    void work(RunningBilling process) {
        var worker = process.get(PlanWorker.class);
        for (int i = 0; i < 4; i++) {
            due(
                    "UPDATE billing.subscription SET look_at = period_ends_at"
                            + " WHERE state <> 'ENDED'");
            worker.followAll();
            due(
                    "UPDATE billing.plan_application SET next_try_at = now()"
                            + " WHERE applied <> generation OR wanted IS NOT NULL");
            worker.applyAll();
        }
    }

    /** One at a time: two that change the same rows in different orders wait for each other. */
    private synchronized void due(String update) {
        admin().update(update);
    }

    void checkSound() {
        Soundness.check(admin());
        assertThat(
                        admin().queryForObject(
                                        "SELECT count(*) FROM billing.subscription s WHERE"
                                                + " (SELECT coalesce(sum(price_micros), 0)"
                                                + " FROM billing.subscription_event e"
                                                + " WHERE e.subscription_id = s.subscription_id)"
                                                + " <> (SELECT coalesce(sum(amount_micros), 0)"
                                                + " FROM billing.ledger_entry"
                                                + " JOIN billing.ledger_transaction t"
                                                + " USING (transaction_id)"
                                                + " JOIN billing.account a USING (account_id)"
                                                + " WHERE a.platform_name = 'plan_revenue'"
                                                + " AND amount_micros > 0 AND reference LIKE"
                                                + " 'plan/' || s.subscription_id || '/%')",
                                        Long.class))
                .as("subscriptions whose history is not what the ledger says")
                .isZero();
    }
}
