package io.apihub.operator;

import static io.apihub.operator.Eventually.eventually;
import static io.apihub.operator.Observed.is;
import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.crd.v1alpha1.ApiKey;
import io.apihub.crd.v1alpha1.PriceBook;
import io.apihub.crd.v1alpha1.Quota;
import io.apihub.crd.v1alpha1.Tenant;
import io.apihub.model.key.ApiKeySecret;
import io.apihub.operator.OperatorHarness.Running;
import io.apihub.operator.feed.FeedClient;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Restarts and changes of the leader. */
class OperatorRestartIT {

    private static final List<Class<? extends HasMetadata>> KINDS =
            List.of(Tenant.class, ApiKey.class, Quota.class, PriceBook.class);

    private static OperatorHarness harness;

    @BeforeAll
    static void start() throws Exception {
        harness = new OperatorHarness();
    }

    @AfterAll
    static void stop() throws Exception {
        harness.close();
    }

    @Test
    void aRestartWritesNothing() throws Exception {
        Map<String, String> before;
        String revision;
        try (var operator = harness.startLeader("restarted");
                var gateway = new FeedClient(operator.process().grpcPort(), "gw-0")) {
            applyEverything();
            eventually("Programmed", () -> is(key(), "Programmed", "True"));
            eventually("the book", () -> is(book(), "Programmed", "True"));
            eventually("one key", () -> Integer.valueOf(1).equals(tenant().getStatus().keyCount()));
            settle(operator);
            before = versions();
            revision = revision();
            assertThat(hasKey(gateway, "ci")).isTrue();
        }
        try (var operator = harness.startLeader("restarted")) {
            settle(operator);
            assertThat(versions()).isEqualTo(before);
            assertThat(revision()).isEqualTo(revision);
        }
    }

    @Test
    void theGatewaysOfAFollowerAreServedAndCountAndItTakesOver() throws Exception {
        var key = ApiKeySecret.mint(new Random(8));
        harness.apply(tenantYaml("pair"));
        var first = harness.start("pair", "operator-a");
        eventually("leading", () -> first.metric("apihub_operator_leading") == 1);
        try (var second = harness.start("pair", "operator-b");
                var gateway = new FeedClient(second.process().grpcPort(), "gw-b")) {
            eventually(
                    "the namespace",
                    () -> harness.admin().namespaces().withName("pair").get() != null);
            harness.apply(keyYaml("pair", "one", key));
            eventually("the key at the follower's gateway", () -> hasKey(gateway, "one"));
            eventually("Programmed", () -> is(key("pair", "one"), "Programmed", "True"));
            assertThat(second.metric("apihub_operator_leading")).isZero();

            first.close();
            eventually("the follower leads", () -> second.metric("apihub_operator_leading") == 1);
            harness.apply(keyYaml("pair", "two", ApiKeySecret.mint(new Random(9))));
            eventually("the new leader's key", () -> hasKey(gateway, "two"));
            assertThat(
                            harness.postgres()
                                    .one(
                                            "SELECT term >= 2 FROM registry.head WHERE cluster = 'pair'"))
                    .isEqualTo("t");
        }
    }

    @Test
    void aLeaseThatIsYoungerThanTheRegistryIsRaised() throws Exception {
        harness.startLeader("restored").close();
        harness.postgres().execute("UPDATE registry.head SET term = 50 WHERE cluster = 'restored'");
        harness.apply(tenantYaml("restored"));

        try (var operator = harness.startLeader("restored")) {
            eventually(
                    "the tenant's row",
                    () ->
                            harness.postgres()
                                    .one(
                                            "SELECT term FROM registry.head WHERE cluster = 'restored'")
                                    .equals("51"));
            assertThat(operator.metric("apihub_operator_leading")).isEqualTo(1);
        }
    }

    /** Waits until nothing was written for longer than the slowest timer takes. */
    private static void settle(Running operator) throws Exception {
        eventually(
                "settled",
                () -> {
                    var before = versions();
                    LockSupport.parkNanos(Duration.ofSeconds(4).toNanos());
                    return operator.metric("apihub_operator_status_queue") == 0
                            && versions().equals(before);
                });
    }

    private static void applyEverything() throws Exception {
        harness.apply(tenantYaml("acme"));
        eventually(
                "the namespace", () -> harness.admin().namespaces().withName("acme").get() != null);
        harness.apply(keyYaml("acme", "ci", ApiKeySecret.mint(new Random(7))));
        harness.apply(
                """
                apiVersion: apihub.io/v1alpha1
                kind: Quota
                metadata: {name: rpm, namespace: acme}
                spec:
                  tenantRef: {name: acme}
                  keys: [ci]
                  limits:
                  - {name: rpm, metric: Requests, window: Minute, amount: 60}
                ---
                apiVersion: apihub.io/v1alpha1
                kind: PriceBook
                metadata: {name: first}
                spec:
                  currency: CNY
                  effectiveFrom: "2026-01-01T00:00:00Z"
                  prices:
                  - {model: "*", input: "10", output: "30"}
                """);
    }

    private static String tenantYaml(String name) {
        return """
        apiVersion: apihub.io/v1alpha1
        kind: Tenant
        metadata: {name: %s}
        spec: {namespace: %s}
        """
                .formatted(name, name);
    }

    private static String keyYaml(String tenant, String name, ApiKeySecret key) {
        return """
        apiVersion: apihub.io/v1alpha1
        kind: ApiKey
        metadata: {name: %s, namespace: %s}
        spec: {tenantRef: {name: %s}, keyId: %s, keyHash: "%s"}
        """
                .formatted(name, tenant, tenant, key.id(), key.digest(tenant));
    }

    private static Map<String, String> versions() {
        var versions = new TreeMap<String, String>();
        for (var kind : KINDS) {
            harness.admin().resources(kind).inAnyNamespace().list().getItems().stream()
                    .map(item -> (HasMetadata) item)
                    .forEach(item ->
                            versions.put(
                                    item.getKind() + "/" + item.getMetadata().getName(),
                                    OperatorHarness.version(item)));
        }
        return versions;
    }

    private static String revision() throws Exception {
        return harness.postgres()
                .one("SELECT revision FROM registry.head WHERE cluster = 'restarted'");
    }

    private static ApiKey key() {
        return key("acme", "ci");
    }

    private static ApiKey key(String namespace, String name) {
        return harness.admin().resources(ApiKey.class).inNamespace(namespace).withName(name).get();
    }

    private static boolean hasKey(FeedClient gateway, String name) {
        return gateway.keys().values().stream().anyMatch(key -> key.getName().equals(name));
    }

    private static Tenant tenant() {
        return harness.admin().resources(Tenant.class).withName("acme").get();
    }

    private static PriceBook book() {
        return harness.admin().resources(PriceBook.class).withName("first").get();
    }
}
