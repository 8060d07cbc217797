package io.apihub.extauthz.quota;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.apihub.extauthz.credit.Amounts;
import io.apihub.extauthz.credit.LocalCredit;
import io.apihub.extauthz.credit.Metric;
import io.apihub.extauthz.credit.Subject;
import io.apihub.extauthz.policy.PolicyFixtures;
import io.apihub.policy.v1.BillingMode;
import io.apihub.policy.v1.Change;
import io.apihub.policy.v1.Limit;
import io.apihub.policy.v1.Limit.Window;
import io.apihub.policy.v1.Quota;
import io.apihub.policy.v1.Tenant;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What a request claims of a tenant with several quotas of any metric, window, subject, counter and
 * models, against the resources' words read in the plainest way.
 */
class TenantLimitsTest {

    private static final int TENANTS = 400;
    private static final int REQUESTS = 25;
    private static final int KEYS = 4;
    private static final ByteString TENANT = uid(1_000);
    private static final Amounts AMOUNTS = new Amounts(1, 77, 30, 12);
    private static final List<String> MODELS =
            List.of("gpt-4o", "gpt-4o-mini", "o1", "claude-x", "g");
    private static final List<String> GLOBS =
            List.of("*", "gpt-*", "*mini", "gpt-4o", "claude*x", "g*o", "o1", "none");

    private final Random random = new Random(41);
    private final LocalCredit credit = new LocalCredit(() -> 1);

    @Test
    void aRequestClaimsOfEachLimitThatIsAboutItAndOfNoOther() {
        int claimed = 0;
        for (int i = 0; i < TENANTS; i++) {
            var tenant = tenant();
            var quotas = quotas();
            var limits = limits(tenant, quotas);
            for (int j = 0; j < REQUESTS; j++) {
                int key = random.nextInt(KEYS);
                var model = MODELS.get(random.nextInt(MODELS.size()));

                var applying = limits.applying(new KeyUid(9, key), model, () -> "key-" + key);

                var expected = expected(tenant, quotas, key, model);
                assertThat(applying.notUnderstood()).isNull();
                assertThat(credit.needs(applying.claim(AMOUNTS)))
                        .as("key %d, model %s, %s, %s", key, model, tenant, quotas)
                        .isEqualTo(expected);
                claimed += expected.size();
            }
        }
        assertThat(claimed).as("limits that applied").isGreaterThan(2 * TENANTS * REQUESTS);
    }

    @Test
    void whatIsNotUnderstoodRefusesWhomItIsAboutAndNobodyElse() {
        var strange =
                Limit.newBuilder().setName("new").setMetricValue(99).addModels("gpt-*").build();
        var quota =
                Quota.newBuilder()
                        .setUid(uid(77))
                        .setTenantId(TENANT)
                        .setNamespace("acme")
                        .setName("q")
                        .addKeyUids(uid(2))
                        .addLimits(strange)
                        .build();
        var tenant =
                Tenant.newBuilder().setTenantId(TENANT).setPriceFactorMillionths(1_000_000).build();
        var limits = limits(tenant, List.of(quota));

        var about = limits.applying(new KeyUid(9, 2), "gpt-4o", () -> "key-2").notUnderstood();
        assertThat(Objects.requireNonNull(about).name().label()).isEqualTo("q/new");
        assertThat(limits.applying(new KeyUid(9, 2), "o1", () -> "key-2").notUnderstood())
                .as("another model")
                .isNull();
        assertThat(limits.applying(new KeyUid(9, 3), "gpt-4o", () -> "key-3").notUnderstood())
                .as("another key")
                .isNull();
    }

    private TenantLimits limits(Tenant tenant, List<Quota> quotas) {
        var changes = new ArrayList<Change>();
        changes.add(Change.newBuilder().setTenant(tenant).build());
        quotas.forEach(quota -> changes.add(Change.newBuilder().setQuota(quota).build()));
        var policy = PolicyFixtures.snapshot(credit, changes);
        return Objects.requireNonNull(policy.tenant(0)).limits();
    }

    private Tenant tenant() {
        return Tenant.newBuilder()
                .setTenantId(TENANT)
                .setName("acme")
                .setNamespace("acme")
                .setPriceFactorMillionths(1_000_000)
                .setBillingMode(
                        random.nextInt(4) == 0
                                ? BillingMode.BILLING_MODE_UNMETERED
                                : BillingMode.BILLING_MODE_PREPAID)
                .addAllLimits(someLimits())
                .build();
    }

    private List<Quota> quotas() {
        var quotas = new ArrayList<Quota>();
        for (int i = random.nextInt(5); i > 0; i--) {
            var quota =
                    Quota.newBuilder()
                            .setUid(uid(100 + i))
                            .setTenantId(TENANT)
                            .setNamespace("acme")
                            .setName("quota-" + i)
                            .setPer(random.nextBoolean() ? Quota.Per.PER_KEY : Quota.Per.PER_TARGET)
                            .setMode(
                                    random.nextInt(4) == 0
                                            ? Quota.Mode.MODE_SHADOW
                                            : Quota.Mode.MODE_ENFORCE)
                            .setAllKeys(random.nextBoolean())
                            .addAllLimits(someLimits());
            for (int key = 0; key < KEYS && !quota.getAllKeys(); key++) {
                if (random.nextBoolean()) {
                    quota.addKeyUids(uid(key));
                }
            }
            quotas.add(quota.build());
        }
        return quotas;
    }

    private List<Limit> someLimits() {
        var limits = new ArrayList<Limit>();
        for (int i = random.nextInt(5); i > 0; i--) {
            var metrics = Limit.Metric.values();
            var metric = metrics[1 + random.nextInt(metrics.length - 2)];
            var limit =
                    Limit.newBuilder()
                            .setName("limit-" + i)
                            .setMetric(metric)
                            .setAmount(random.nextInt(1_000));
            if (metric != Limit.Metric.METRIC_CONCURRENCY) {
                limit.setWindow(Window.forNumber(1 + random.nextInt(6)));
            }
            for (int g = random.nextInt(3); g > 0; g--) {
                limit.addModels(GLOBS.get(random.nextInt(GLOBS.size())));
            }
            limits.add(limit.build());
        }
        return limits;
    }

    private static Map<Subject, Long> expected(
            Tenant tenant, List<Quota> quotas, int key, String model) {
        var expected = new HashMap<Subject, Long>();
        if (tenant.getBillingMode() != BillingMode.BILLING_MODE_UNMETERED) {
            expected.put(Subject.account(TENANT), 77L);
        }
        for (var limit : tenant.getLimitsList()) {
            if (covers(limit, model)) {
                expected.put(subject("", limit, ""), amount(limit));
            }
        }
        quotas.stream()
                .filter(quota -> isAbout(quota, key))
                .forEach(quota -> {
                    var name = quota.getPer() == Quota.Per.PER_KEY ? "key-" + key : "";
                    quota.getLimitsList().stream()
                            .filter(limit -> covers(limit, model))
                            .forEach(limit ->
                                    expected.put(
                                            subject(quota.getName(), limit, name), amount(limit)));
                });
        return expected;
    }

    private static boolean isAbout(Quota quota, int key) {
        return quota.getMode() != Quota.Mode.MODE_SHADOW
                && (quota.getAllKeys() || quota.getKeyUidsList().contains(uid(key)));
    }

    private static boolean covers(Limit limit, String model) {
        return limit.getModelsList().isEmpty()
                || limit.getModelsList().stream()
                        .map(glob -> "\\Q" + glob.replace("*", "\\E.*\\Q") + "\\E")
                        .anyMatch(regex -> Pattern.matches(regex, model));
    }

    private static Subject subject(String quota, Limit limit, String key) {
        var name = limit.getMetric().name().substring("METRIC_".length());
        return new Subject(
                kind(limit), Metric.valueOf(name), TENANT, "acme", quota, limit.getName(), key);
    }

    private static Subject.Kind kind(Limit limit) {
        if (limit.getMetric() == Limit.Metric.METRIC_CONCURRENCY) {
            return Subject.Kind.SLOTS;
        }
        return limit.getWindow() == Window.WINDOW_MINUTE ? Subject.Kind.RATE : Subject.Kind.BUDGET;
    }

    private static long amount(Limit limit) {
        return switch (limit.getMetric()) {
            case METRIC_REQUESTS, METRIC_CONCURRENCY -> 1;
            case METRIC_INPUT_TOKENS -> 30;
            case METRIC_OUTPUT_TOKENS -> 12;
            case METRIC_TOTAL_TOKENS -> 42;
            case METRIC_COST -> 77;
            case METRIC_UNSPECIFIED, UNRECOGNIZED -> throw new AssertionError(limit);
        };
    }

    private static ByteString uid(long low) {
        return ByteString.copyFrom(ByteBuffer.allocate(16).putLong(9).putLong(low).array());
    }
}
