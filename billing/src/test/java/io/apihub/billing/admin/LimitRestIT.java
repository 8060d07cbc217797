package io.apihub.billing.admin;

import static io.apihub.policy.v1.Limit.Metric.METRIC_CONCURRENCY;
import static io.apihub.policy.v1.Limit.Metric.METRIC_INPUT_TOKENS;
import static io.apihub.policy.v1.Limit.Metric.METRIC_REQUESTS;
import static io.apihub.policy.v1.Limit.Window.WINDOW_DAY;
import static io.apihub.policy.v1.Limit.Window.WINDOW_MINUTE;
import static io.apihub.policy.v1.Limit.Window.WINDOW_MONTH;
import static io.apihub.policy.v1.Limit.Window.WINDOW_TOTAL;
import static io.apihub.policy.v1.Limit.Window.WINDOW_UNSPECIFIED;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.budget.Answer;
import io.apihub.billing.budget.Ask;
import io.apihub.billing.budget.CreditOffice;
import io.apihub.billing.budget.CreditStore;
import io.apihub.billing.budget.Lease;
import io.apihub.billing.budget.Leases;
import io.apihub.billing.budget.LimitKey;
import io.apihub.billing.budget.LimitName;
import io.apihub.billing.budget.Want;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.grpc.WireIds;
import io.apihub.billing.testing.Records;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.UsageFeed;
import io.apihub.policy.v1.Limit;
import io.apihub.policy.v1.Quota;
import io.apihub.policy.v1.Tenant;
import io.apihub.usage.v1.Taken;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What limits have left, after a gateway leased of them and reported usage. */
class LimitRestIT {

    private static TestDatabase database;
    private static RunningBilling billing;
    private static final List<String> NUMBERS =
            List.of("mode", "amount", "used", "leased", "remaining", "wouldHaveRefused", "state");

    private final UUID incarnation = UUID.randomUUID();
    private long seq;

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        billing = RunningBilling.on(database);
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @Test
    void limitsAreToldWithWhatWasUsedLeasedAndRefused() {
        var tenant = database.registry().tenant("acme");
        var alice = database.registry().key(tenant, "alice", "aaaaaaaaaa");
        declare(tenant);
        billing.get(CreditOffice.class).rounds().followPolicies();

        var leases =
                grant(
                        budget(tenant, "each", "calls", "alice", 4),
                        budget(tenant, "q", "once", "", 1),
                        share(tenant, "rpm", 60),
                        share(tenant, "busy", 3));
        var records = new Records(tenant, incarnation, book()).key(alice);
        var first =
                records.holdAt(Instant.now(), 0)
                        .setUnmetered(true)
                        .addTaken(Taken.newBuilder().setLeaseId(leases.get(0)).setAmount(1))
                        .addTaken(Taken.newBuilder().setLeaseId(leases.get(1)).setAmount(1))
                        .build();
        UsageFeed.report(
                billing,
                Stream.of(
                                first,
                                records.holdAt(Instant.now(), 0).setUnmetered(true).build(),
                                records.holdAt(Instant.now(), 0).setUnmetered(true).build())
                        .map(hold -> Records.measured(hold, 1, 1))
                        .toList());

        var items = items("acme");
        assertThat(numbers(items, "q/daily")).isEqualTo("Enforce 7 0 0 7 0 ok");
        assertThat(numbers(items, "each/calls alice")).isEqualTo("Enforce 10 1 3 6 0 ok");
        assertThat(numbers(items, "q/once")).isEqualTo("Enforce 1 1 0 0 0 exhausted");
        assertThat(numbers(items, "q/rpm"))
                .as("only gateways know the level")
                .isEqualTo("Enforce 60 - 60 - 0 -");
        assertThat(numbers(items, "q/busy")).isEqualTo("Enforce 3 - 3 - 0 -");
        assertThat(numbers(items, "soft/calls")).isEqualTo("Shadow 2 3 0 0 1 exhausted");
        assertThat(numbers(items, "soft/busy")).as("not counted").isEqualTo("Shadow 2 - 0 - 0 -");
        assertThat(items).as("nobody but alice").hasSize(7);

        var reset = Instant.parse(value(item(items, "each/calls alice"), "resetsAt"));
        assertThat(reset).isAfter(Instant.now());
        assertThat(reset).isBefore(Instant.now().plus(Duration.ofHours(25)));
        for (var label : List.of("q/once", "q/rpm", "q/busy", "soft/busy")) {
            assertThat(value(item(items, label), "resetsAt")).as(label).isEqualTo("-");
        }
        assertThat(value(item(items, "q/daily"), "metric")).isEqualTo("InputTokens");
        assertThat(value(item(items, "q/busy"), "window")).isEqualTo("-");
    }

    private void declare(UUID tenant) {
        quota(
                tenant,
                "q",
                quota -> {},
                limit("daily", METRIC_INPUT_TOKENS, WINDOW_DAY, 7),
                limit("once", METRIC_REQUESTS, WINDOW_TOTAL, 1),
                limit("rpm", METRIC_REQUESTS, WINDOW_MINUTE, 60),
                limit("busy", METRIC_CONCURRENCY, WINDOW_UNSPECIFIED, 3));
        quota(
                tenant,
                "each",
                quota -> quota.setPer(Quota.Per.PER_KEY),
                limit("calls", METRIC_REQUESTS, WINDOW_DAY, 10));
        quota(
                tenant,
                "soft",
                quota -> quota.setMode(Quota.Mode.MODE_SHADOW),
                limit("calls", METRIC_REQUESTS, WINDOW_MONTH, 2),
                limit("busy", METRIC_CONCURRENCY, WINDOW_UNSPECIFIED, 2));
    }

    @Test
    void theTenantsOwnLimitsAreNotThoseOfAQuotaThatIsCalledSo() {
        var tenant = database.registry().tenant("twice");
        var own = limit("daily", METRIC_REQUESTS, WINDOW_DAY, 5).build();
        database.registry()
                .tenantLimits(
                        tenant,
                        Tenant.newBuilder()
                                .setTenantId(WireIds.bytes(tenant))
                                .setNamespace("twice")
                                .addLimits(own)
                                .build());
        quota(tenant, "tenant", quota -> quota.setNamespace("twice"), own.toBuilder().setAmount(9));

        var told = RunningBilling.json(billing.get("/api/v1/tenants/twice/limits")).get("items");

        assertThat(told)
                .extracting(item -> value(item, "quota") + " " + value(item, "amount"))
                .containsExactly("- 5", "tenant 9");
    }

    @Test
    void refusalsAreTold() {
        var tenant = database.registry().tenant("refused");
        database.admin()
                .update(
                        "INSERT INTO billing.refusal VALUES (?, now(), ?, 'm', 'd',"
                                + " 'limit_reached', 'q/daily', 3)",
                        tenant,
                        tenant);

        var refusals = RunningBilling.json(billing.get("/api/v1/tenants/refused/refusals"));

        assertThat(refusals.get("items").get(0).get("requests").asLong()).isEqualTo(3);
        assertThat(refusals.get("items").get(0).get("limit").asString()).isEqualTo("q/daily");
        assertThat(billing.get("/api/v1/tenants/refused/refusals?from=x").statusCode())
                .isEqualTo(400);
    }

    private static long book() {
        return database.registry().priceBook(1_000_000, 1_000_000, "2026-01-01T00:00:00Z");
    }

    private static Limit.Builder limit(
            String name, Limit.Metric metric, Limit.Window window, long amount) {
        return Limit.newBuilder()
                .setName(name)
                .setMetric(metric)
                .setWindow(window)
                .setAmount(amount);
    }

    private static void quota(
            UUID tenant, String name, Consumer<Quota.Builder> more, Limit.Builder... limits) {
        var quota =
                Quota.newBuilder()
                        .setTenantId(WireIds.bytes(tenant))
                        .setNamespace("acme")
                        .setName(name)
                        .setPer(Quota.Per.PER_TARGET)
                        .setMode(Quota.Mode.MODE_ENFORCE)
                        .setAllKeys(true);
        Stream.of(limits).forEach(quota::addLimits);
        more.accept(quota);
        database.registry().quota(quota.build());
    }

    private static LimitKey key(UUID tenant, String quota, String limit, String subject) {
        return new LimitKey(new LimitName(tenant, "acme", quota, limit), subject);
    }

    private static Want budget(
            UUID tenant, String quota, String limit, String subject, long amount) {
        return new Want(new Want.OfBudget(key(tenant, quota, limit, subject), 0), amount, amount);
    }

    private static Want share(UUID tenant, String limit, long amount) {
        return new Want(new Want.OfShare(key(tenant, "q", limit, "")), amount, amount);
    }

    /** Leases by number, in the order of the wants. */
    private List<Long> grant(Want... wants) {
        billing.get(CreditStore.class).hello(incarnation, "gateway-0");
        var ask = new Ask(new Lease.Request(incarnation, ++seq), List.of(wants));
        var answer = billing.get(Leases.class).grant(List.of(ask)).getFirst();
        assertThat(answer).isInstanceOf(Answer.Granted.class);
        return ((Answer.Granted) answer).parts().stream().map(Answer.Part::lease).toList();
    }

    private static Map<String, JsonNode> items(String tenant) {
        var items = RunningBilling.json(billing.get("/api/v1/tenants/" + tenant + "/limits"));
        return StreamSupport.stream(items.get("items").spliterator(), false)
                .collect(Collectors.toMap(LimitRestIT::name, item -> item));
    }

    private static String name(JsonNode item) {
        var key = value(item, "key");
        return value(item, "label") + (key.equals("-") ? "" : " " + key);
    }

    private static JsonNode item(Map<String, JsonNode> items, String name) {
        return Objects.requireNonNull(items.get(name), name);
    }

    private static String numbers(Map<String, JsonNode> items, String name) {
        var item = item(items, name);
        return NUMBERS.stream().map(field -> value(item, field)).collect(Collectors.joining(" "));
    }

    private static String value(JsonNode item, String field) {
        var value = item.get(field);
        return value == null || value.isNull() ? "-" : value.asString();
    }
}
