package io.apihub.billing.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.fuzz.Schemathesis.Depth;
import io.apihub.billing.fuzz.Schemathesis.Run;
import io.apihub.billing.kube.Cluster;
import io.apihub.billing.settings.Identity;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.Mailbox;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.TenantObjects;
import io.apihub.billing.testing.TestSettings;
import io.apihub.billing.token.TokenHands;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Every endpoint, with what its description allows and what it does not, of things that are there.
 * In every build each endpoint a few times; with {@code -Pproof} for as long as it takes.
 */
class ApiFuzzIT {

    private static final String LONG_RUNS = "[1-9]\\d*";

    private static TestDatabase database;
    private static Mailbox mailbox;
    private static RunningBilling billing;
    private static UUID tenant;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        mailbox = new Mailbox();
        var cluster = Cluster.start();
        cluster.tenantNamespace("acme");
        cluster.applyAs("test", Cluster.tenant("acme"));
        billing = RunningBilling.with(settings(cluster), beans -> {});
        tenant = database.registry().tenant("acme");
    }

    /** Everybody may register, and proves the address. */
    private static Settings settings(Cluster cluster) {
        return TestSettings.with(
                TestSettings.with(cluster.settings(database, 50), mailbox.settings()),
                identity ->
                        new Identity(
                                new Identity.Registration(
                                        Identity.Mode.ON,
                                        identity.registration().mailDomains(),
                                        identity.registration().template(),
                                        identity.registration().trialGrant()),
                                identity.sessions(),
                                identity.publicUrl(),
                                identity.trustedProxies(),
                                identity.secretsKeyFile(),
                                identity.firstAdministrator()));
    }

    @AfterAll
    static void stop() {
        billing.close();
        mailbox.close();
    }

    @Test
    void nothingBreaksInAShortRun() throws Exception {
        assertSound(owner("short", Depth.SHORT));
    }

    @EnabledIfSystemProperty(named = "fuzz.examples", matches = LONG_RUNS)
    @Test
    void nothingBreaksForNobody() throws Exception {
        assertSound(new Run("nobody", List.of(), Depth.LONG, false));
    }

    @EnabledIfSystemProperty(named = "fuzz.examples", matches = LONG_RUNS)
    @Test
    void nothingBreaksForAnOwnersToken() throws Exception {
        assertSound(owner("owner", Depth.LONG));
    }

    private static Run owner(String name, Depth depth) {
        var objects = new TenantObjects(billing, database, "acme", tenant);
        var token = new TokenHands(billing).personal(objects.owner().id(), "read", "write");
        return new Run(name, List.of("Authorization: Bearer " + token), depth, false);
    }

    @EnabledIfSystemProperty(named = "fuzz.examples", matches = LONG_RUNS)
    @Test
    void nothingBreaksForAnAdministratorsSession() throws Exception {
        var user = new People(billing).user(administrator -> administrator.makeAdministrator(true));
        var browser = new People(billing).browser(user);

        assertSound(
                new Run(
                        "administrator",
                        List.of(
                                "Cookie: " + Browser.COOKIE + "=" + browser.cookie(),
                                "X-CSRF-Token: " + browser.csrfToken()),
                        Depth.LONG,
                        true));
    }

    private static void assertSound(Run run) throws Exception {
        var url = URI.create(billing.request("/").build().uri().toString());
        var outcome = new Schemathesis(url.toString()).run(run, known());
        assertThat(outcome.status()).as(outcome.output()).isZero();
        assertThat(outcome.output()).doesNotContain("\tat ");
    }

    /** Things of a tenant, fresh for each run, since a run may remove them. */
    private static Known known() {
        var objects = new TenantObjects(billing, database, "acme", tenant);
        var known =
                new Known()
                        .with("tenant", "acme")
                        .with("namespace", "acme")
                        .with("month", "2026-11")
                        .with("user", id(objects, "members/{user}"))
                        .with("order", id(objects, "orders/{order}"))
                        .with("delivery", id(objects, "deliveries/{delivery}"));
        for (var kind : List.of("clients", "invitations", "webhooks", "debits")) {
            known.withId("/api/v1/tenants/{tenant}/" + kind, id(objects, kind + "/{id}"));
        }
        return known.withId("/api/v1/users", id(objects, "users/{id}"));
    }

    private static String id(TenantObjects objects, String kind) {
        return Objects.requireNonNull(objects.id(kind), kind);
    }
}
