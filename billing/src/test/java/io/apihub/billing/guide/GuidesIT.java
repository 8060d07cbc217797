package io.apihub.billing.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Role;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.kube.Cluster;
import io.apihub.billing.settings.Identity;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.testing.Mailbox;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.TestSettings;
import io.apihub.billing.token.TokenHands;
import io.apihub.billing.user.EmailAddress;
import io.apihub.billing.user.Passwords;
import io.apihub.billing.user.User;
import io.apihub.billing.user.Users;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every command of the guides, one after the other, as somebody would type it who has curl. */
class GuidesIT {

    private static TestDatabase database;
    private static Mailbox mailbox;
    private static Settings settings;
    private static RunningBilling billing;
    private static User me;

    @BeforeAll
    static void start() throws Exception {
        database = TestDatabase.create();
        mailbox = new Mailbox();
        Guide.checkPrograms();
        var cluster = Cluster.start();
        cluster.tenantNamespace("acme");
        cluster.applyAs("platform", Cluster.tenant("acme"));
        var acme = database.registry().tenant("acme");
        database.registry().priceBook(1_000_000, 2_000_000, "2026-01-01T00:00:00Z");
        settings =
                TestSettings.with(
                        TestSettings.with(cluster.settings(database, 50), mailbox.settings()),
                        GuidesIT::forEverybody);
        billing = RunningBilling.with(settings, beans -> {});
        me = User.active(EmailAddress.of("email", "me@example.com"), "Me", Instant.now());
        me.choosePassword(billing.get(Passwords.class).hash(People.PASSWORD));
        billing.get(Users.class).save(me);
        new People(billing).member(me, acme, Role.OWNER);
    }

    @AfterAll
    static void stop() {
        billing.close();
        mailbox.close();
    }

    private static Identity forEverybody(Identity identity) {
        return new Identity(
                new Identity.Registration(
                        Identity.Mode.ON,
                        identity.registration().mailDomains(),
                        identity.registration().template(),
                        identity.registration().trialGrant()),
                identity.sessions(),
                identity.publicUrl(),
                identity.trustedProxies(),
                identity.secretsKeyFile(),
                identity.firstAdministrator());
    }

    private static String api() {
        var root = billing.request("/").build().uri().toString();
        return root.substring(0, root.length() - 1);
    }

    @Test
    void theApiIsAsItsGuideSays() throws Exception {
        var guide = new Guide("api.md");
        assertThat(guide.calls()).isGreaterThan(40);
        try (var hands = new Hands(mailbox)) {
            guide.run(
                    Map.of(
                            "API", api(),
                            "HANDS", hands.uri().toString(),
                            "APIHUB_ADMIN_TOKEN_FILE", settings.adminTokenFile().toString()));
        }
    }

    @Test
    void theWayToKubernetesIsAsItsGuideSays() throws Exception {
        var guide = new Guide("kubernetes-api.md");
        assertThat(guide.calls()).isGreaterThan(5);

        var token = new TokenHands(billing).personal(me.id(), "read", "write");
        guide.run(Map.of("API", api(), "TOKEN", token));
    }
}
