package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.dev.process.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What kubectl declares is in force, and says so. */
@ExtendWith(ProductExtension.class)
class LifecycleIT {

    /**
     * The promise of less than a second is measured by the main job; a starved machine gets more.
     */
    private static final Duration EFFECT = Duration.ofSeconds(10);

    private static void refusedSoon(Customer customer, Refusal refusal)
            throws InterruptedException {
        var took =
                Await.until(
                        "a refusal",
                        Duration.ofSeconds(30),
                        () -> customer.chat(Product.DIRECT).status() != 200);
        assertThat(took).isLessThan(EFFECT);
        for (Call call : Call.values()) {
            refusal.check(call, call.send(customer.lane(Product.DIRECT), "hi", false));
        }
    }

    private static void patch(Product product, String namespace, String object, String patch) {
        product.kubectl().run("-n", namespace, "patch", object, "--type=merge", "-p", patch).ok();
    }

    @Test
    void aSuspensionTakesEffectAndCanBeTakenBack(Product product) throws Exception {
        var customer = product.customer();
        assertThat(customer.chat(Product.DIRECT).status()).isEqualTo(200);

        patch(
                product,
                customer.name(),
                "tenant/" + customer.name(),
                "{\"spec\":{\"suspended\":true}}");
        refusedSoon(customer, Refusal.permission("tenant_suspended"));

        patch(
                product,
                customer.name(),
                "tenant/" + customer.name(),
                "{\"spec\":{\"suspended\":false}}");
        assertThat(product.awaitServing(customer, Product.DIRECT)).isLessThan(EFFECT);
    }

    @Test
    void aDisabledKeyIsRefusedAndIsReadyButNotActive(Product product) throws Exception {
        var customer = product.customer();

        patch(product, customer.name(), "apikey/robot", "{\"spec\":{\"disabled\":true}}");

        refusedSoon(customer, Refusal.key("key_disabled"));
        product.kubectl().await(customer.name(), "apikey/robot", "Active=false");
        product.kubectl().await(customer.name(), "apikey/robot", "Ready");
    }

    @Test
    void aKeyExpiresByTheClock(Product product) throws Exception {
        var customer = product.customer();
        Instant end = Instant.now().plusSeconds(4).truncatedTo(ChronoUnit.SECONDS);
        patch(
                product,
                customer.name(),
                "apikey/robot",
                "{\"spec\":{\"expiresAt\":\"%s\"}}".formatted(end));
        var before = customer.chat(Product.DIRECT);
        // On a starved machine the key may have ended before it was tried.
        if (Instant.now().isBefore(end)) {
            assertThat(before.status()).isEqualTo(200);
        }

        Await.until(
                "the end of the key", Duration.ofSeconds(10), () -> !Instant.now().isBefore(end));

        refusedSoon(customer, Refusal.key("key_expired"));
        product.kubectl().await(customer.name(), "apikey/robot", "Active=false");
    }

    @Test
    void aDeletedKeyIsRefused(Product product) throws Exception {
        var customer = product.customer();

        product.kubectl().run("-n", customer.name(), "delete", "apikey", "robot").ok();

        refusedSoon(customer, Refusal.key("unknown_key"));
    }

    @Test
    void aDeletedTenantLeavesLedgerAndUsage(Product product) throws Exception {
        var customer = product.customer();
        assertThat(customer.chat(Product.DIRECT).status()).isEqualTo(200);
        product.billing().awaitUsage(customer.name(), 1);
        String id = product.kubectl().field("", "tenant/" + customer.name(), "{.status.tenantId}");

        product.kubectl().run("delete", "tenant", customer.name(), "--wait=true").ok();

        refusedSoon(customer, Refusal.key("unknown_key"));
        assertThat(product.billing().usage(id)).hasSize(1);
        assertThat(product.billing().ledger(id)).hasSize(2);
    }

    @Test
    void theOperatorMakesNamespaceAndKey(Product product) {
        String name = "made-by-operator";
        product.kubectl()
                .apply(
                        """
                        apiVersion: apihub.io/v1alpha1
                        kind: Tenant
                        metadata: {name: NAME}
                        spec: {displayName: NAME, namespace: NAME, billing: {mode: Prepaid}}
                        """
                                .replace("NAME", name))
                .ok();
        product.kubectl().await("", "tenant/" + name, "Ready");
        product.kubectl()
                .apply(
                        """
                        apiVersion: apihub.io/v1alpha1
                        kind: ApiKey
                        metadata: {name: robot, namespace: NAME}
                        spec: {tenantRef: {name: NAME}, generate: {secretName: robot-key}}
                        """
                                .replace("NAME", name))
                .ok();
        product.kubectl().await(name, "apikey/robot", "Programmed");
        product.kubectl().await(name, "apikey/robot", "SecretReady");
        product.billing().grant(name, "1");

        String secret = product.kubectl().field(name, "secret/robot-key", "{.data.api-key}");
        String key = new String(Base64.getDecoder().decode(secret), StandardCharsets.UTF_8);
        var customer = new Customer(product, name, key);

        assertThat(customer.chat(Product.MODEL).status()).isEqualTo(200);
        String prefix = product.kubectl().field(name, "apikey/robot", "{.status.prefix}");
        assertThat(key).startsWith(prefix.replace("…", ""));
        assertThat(product.kubectl().run("-n", name, "get", "apikey", "robot", "-o", "yaml").ok())
                .doesNotContain(key);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Tenant   | {displayName: x, namespace: x, billing: {mode: Free}} | spec.billing.mode | supported values",
                "Tenant   | {displayName: x, namespace: x, billing: {creditLimit: 5.5}} | spec.billing.creditLimit | expected string",
                "Tenant   | {displayName: x, namespace: X_Y} | spec.namespace | should match",
                "PriceBook| {currency: CNY, effectiveFrom: tomorrow, prices: []} | spec.prices | at least 1 item",
                "PriceBook| {currency: CNY, effectiveFrom: '2026-01-01T00:00:00Z', prices: [{model: a, input: '-1', output: '1'}]} | spec.prices[0].input | decimal in quotes",
                "Upstream | {url: 'ftp://a', protocols: [OpenAIChat], models: [{name: a, contextTokens: 1, maxOutputTokens: 1}]} | spec.url | must be http or https",
                "Upstream | {url: 'http://u:p@a', protocols: [OpenAIChat], models: [{name: a, contextTokens: 1, maxOutputTokens: 1}]} | spec.url | no user",
            })
    void aWrongResourceIsRefusedWithWords(
            String kind, String spec, String field, String words, Product product) {
        var result =
                product.kubectl()
                        .apply(
                                """
                                apiVersion: apihub.io/v1alpha1
                                kind: %s
                                metadata: {name: wrong}
                                spec: %s
                                """
                                        .formatted(kind, spec));

        assertThat(result.exit()).as(result.output()).isNotZero();
        assertThat(result.output()).contains(field + ": ").containsIgnoringCase(words);
    }

    @Test
    void aWrongReferenceIsACondition(Product product) {
        var customer = product.customer();
        product.kubectl()
                .apply(
                        """
                        apiVersion: apihub.io/v1alpha1
                        kind: ApiKey
                        metadata: {name: stray, namespace: default}
                        spec: {tenantRef: {name: NAME}, generate: {secretName: stray-key}}
                        ---
                        apiVersion: apihub.io/v1alpha1
                        kind: ApiKey
                        metadata: {name: orphan, namespace: NAME}
                        spec: {tenantRef: {name: nobody}, generate: {secretName: orphan-key}}
                        ---
                        apiVersion: apihub.io/v1alpha1
                        kind: Upstream
                        metadata: {name: keyless}
                        spec:
                          url: http://127.0.0.1:9
                          protocols: [OpenAIChat]
                          credential: {secretRef: {name: no-such-secret}}
                          models: [{name: keyless-model, contextTokens: 1000, maxOutputTokens: 100}]
                        """
                                .replace("NAME", customer.name()))
                .ok();

        product.kubectl().await("default", "apikey/stray", "Ready=false");
        product.kubectl().await(customer.name(), "apikey/orphan", "Ready=false");
        product.kubectl().await("", "upstream/keyless", "Ready=false");
        assertThat(
                        product.kubectl()
                                .field("", "upstream/keyless", "{.status.conditions[*].message}"))
                .contains("no-such-secret");
        assertThat(customer.chat(Product.DIRECT).status()).isEqualTo(200);
        product.kubectl().run("delete", "upstream", "keyless").ok();
    }
}
