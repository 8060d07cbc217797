package io.apihub.operator;

import static io.apihub.operator.Eventually.eventually;
import static io.apihub.operator.Observed.is;
import static io.apihub.operator.Observed.message;
import static io.apihub.operator.Observed.reason;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.ByteString;
import io.apihub.crd.v1alpha1.ApiKey;
import io.apihub.crd.v1alpha1.Quota;
import io.apihub.model.key.ApiKeySecret;
import io.apihub.operator.OperatorHarness.Running;
import io.apihub.operator.feed.FeedClient;
import io.apihub.operator.registry.Uuids;
import io.apihub.policy.v1.Limit;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Limits from the API server to the gateways, and what is said of them. */
class QuotasIT {

    private static OperatorHarness harness;
    private static Running operator;

    @BeforeAll
    static void start() throws Exception {
        harness = new OperatorHarness();
        operator = harness.startLeader("default");
    }

    @AfterAll
    static void stop() throws Exception {
        operator.close();
        harness.close();
    }

    @Test
    void aQuotaFollowsTheLabelsOfKeys() throws Exception {
        tenant("labelled", "");
        key("labelled", "ci", 1);
        quota(
                "labelled",
                "selector: {matchLabels: {role: robot}}",
                "{name: rpm, metric: Requests, window: Minute, amount: 60}");
        eventually("NoKeys", () -> "NoKeys".equals(reason(quota("labelled"), "Ready")));
        assertThat(is(quota("labelled"), "Ready", "True")).isTrue();
        assertThat(message(quota("labelled"), "Ready"))
                .isEqualTo(
                        "no ApiKey has the labels of spec.selector; nothing is limited until one has");
        assertThat(quota("labelled").getStatus().matchedKeys()).isZero();

        harness.admin()
                .resource(key("labelled"))
                .edit(ci -> {
                    ci.getMetadata().setLabels(Map.of("role", "robot"));
                    return ci;
                });

        eventually(
                "the match",
                () -> Integer.valueOf(1).equals(quota("labelled").getStatus().matchedKeys()));
        assertThat(reason(quota("labelled"), "Ready")).isEqualTo("InForce");
        assertThat(sent(quota("labelled")).getKeyUidsList()).containsExactly(uid(key("labelled")));
    }

    @Test
    void everyLimitIsSentAsBillingAndGatewaysReadIt() throws Exception {
        tenant(
                "limited",
                """
                limits: [{name: all, metric: TotalTokens, window: Month, amount: 7, alertPercent: [90, 50]}]
                """);
        quota(
                "limited",
                "timeZone: Asia/Shanghai\n  mode: Shadow",
                """
                {name: daily, metric: Cost, window: Day, amount: "50.00", models: ["gpt-*"]}
                  - {name: busy, metric: Concurrency, amount: 3}
                """);
        eventually("the answer", () -> "NotEnforced".equals(reason(quota("limited"), "Ready")));
        assertThat(message(quota("limited"), "Ready"))
                .startsWith("Concurrency is not counted in Shadow: busy;");

        var quota = sent(quota("limited"));
        assertThat(quota.getTimeZone()).isEqualTo("Asia/Shanghai");
        assertThat(quota.getMode()).isEqualTo(io.apihub.policy.v1.Quota.Mode.MODE_SHADOW);
        assertThat(quota.getAllKeys()).isTrue();
        assertThat(quota.getLimitsList())
                .extracting(Limit::getName, Limit::getAmount)
                .containsExactlyInAnyOrder(tuple("daily", 50_000_000L), tuple("busy", 3L));
        var stored =
                harness.postgres()
                        .one(
                                "SELECT encode(policy, 'hex') FROM registry.tenant WHERE name = 'limited'");
        var tenant = io.apihub.policy.v1.Tenant.parseFrom(HexFormat.of().parseHex(stored));
        assertThat(tenant.getLimits(0).getAlertPercentList()).containsExactly(50, 90);
        assertThat(tenant.getLimits(0).getWindow()).isEqualTo(Limit.Window.WINDOW_MONTH);
    }

    @Test
    void anUnknownTimeZoneIsSaidAndTheLastValidVersionStays() throws Exception {
        tenant("zoned", "");
        quota(
                "zoned",
                "timeZone: Asia/Tokyo",
                "{name: d, metric: Requests, window: Day, amount: 9}");
        eventually("in force", () -> is(quota("zoned"), "Ready", "True"));

        quota(
                "zoned",
                "timeZone: Asia/Tokio",
                "{name: d, metric: Requests, window: Day, amount: 1}");

        eventually("InvalidSpec", () -> "InvalidSpec".equals(reason(quota("zoned"), "Ready")));
        assertThat(is(quota("zoned"), "Stalled", "True")).isTrue();
        assertThat(message(quota("zoned"), "Ready"))
                .isEqualTo(
                        "spec.timeZone: there is no time zone 'Asia/Tokio'; write an IANA name such as"
                                + " Asia/Shanghai; until then the last valid version stays in force");
        assertThat(sent(quota("zoned")).getTimeZone()).isEqualTo("Asia/Tokyo");
        assertThat(sent(quota("zoned")).getLimits(0).getAmount()).isEqualTo(9);
    }

    @Test
    void namesThatNoKeyHasAreNamed() throws Exception {
        tenant("named", "");
        quota("named", "keys: [gone]", "{name: rpm, metric: Requests, window: Minute, amount: 60}");

        eventually("KeyNotFound", () -> "KeyNotFound".equals(reason(quota("named"), "Ready")));
        assertThat(message(quota("named"), "Ready"))
                .isEqualTo("the tenant has no ApiKey named gone; nothing is limited until it has");
    }

    private static io.apihub.policy.v1.Quota sent(Quota quota) throws Exception {
        var name = "gw-" + quota.getMetadata().getNamespace();
        try (var gateway = new FeedClient(operator.process().grpcPort(), name)) {
            eventually("the quota", () -> gateway.others().containsKey(uid(quota)));
            gateway.goodbye();
            return Objects.requireNonNull(gateway.others().get(uid(quota))).getQuota();
        }
    }

    private static void tenant(String name, String more) throws Exception {
        harness.apply(
                """
                apiVersion: apihub.io/v1alpha1
                kind: Tenant
                metadata: {name: %s}
                spec:
                  namespace: %s
                  %s
                """
                        .formatted(name, name, more));
        eventually(
                "its namespace", () -> harness.admin().namespaces().withName(name).get() != null);
    }

    private static void key(String tenant, String name, int seed) {
        var secret = ApiKeySecret.mint(new Random(seed));
        harness.apply(
                """
                apiVersion: apihub.io/v1alpha1
                kind: ApiKey
                metadata: {name: %s, namespace: %s}
                spec: {tenantRef: {name: %s}, keyId: %s, keyHash: '%s'}
                """
                        .formatted(name, tenant, tenant, secret.id(), secret.digest(tenant)));
    }

    private static void quota(String tenant, String more, String limits) {
        harness.apply(
                """
                apiVersion: apihub.io/v1alpha1
                kind: Quota
                metadata: {name: robots, namespace: %s}
                spec:
                  tenantRef: {name: %s}
                  %s
                  limits:
                  - %s
                """
                        .formatted(tenant, tenant, more, limits));
    }

    private static Quota quota(String tenant) {
        return find(Quota.class, tenant, "robots");
    }

    private static ApiKey key(String tenant) {
        return find(ApiKey.class, tenant, "ci");
    }

    private static <T extends CustomResource<?, ?>> T find(
            Class<T> kind, String namespace, String name) {
        return harness.admin().resources(kind).inNamespace(namespace).withName(name).get();
    }

    private static ByteString uid(CustomResource<?, ?> resource) {
        return Uuids.toBytes(UUID.fromString(resource.getMetadata().getUid()));
    }
}
