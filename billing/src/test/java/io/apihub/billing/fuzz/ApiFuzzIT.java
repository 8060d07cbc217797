package io.apihub.billing.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Role;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.kube.Cluster;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.token.TokenHands;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Every endpoint, with all that its description allows and much that it does not; with -Pproof. */
@EnabledIfSystemProperty(named = "fuzz.examples", matches = "[1-9]\\d*")
class ApiFuzzIT {

    private static final TestDatabase DATABASE = TestDatabase.create();

    @SuppressWarnings("NullAway.Init")
    private static Cluster cluster;

    @SuppressWarnings("NullAway.Init")
    private static RunningBilling billing;

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.start();
        cluster.tenantNamespace("acme");
        cluster.applyAs("test", Cluster.tenant("acme"));
        billing = RunningBilling.with(cluster.settings(DATABASE, 50), beans -> {});
    }

    @AfterAll
    static void stop() throws Exception {
        billing.close();
    }

    @Test
    void nothingBreaksForAnOwnersToken() throws Exception {
        var owner = new People(billing).user();
        new People(billing).member(owner, DATABASE.registry().tenant("acme"), Role.OWNER);
        var token = new TokenHands(billing).personal(owner.id(), "read", "write");

        assertSound("owner", List.of("-H", "Authorization: Bearer " + token));
    }

    @Test
    void nothingBreaksForAnAdministratorsSession() throws Exception {
        var user = new People(billing).user(administrator -> administrator.makeAdministrator(true));
        var browser = new People(billing).browser(user);

        assertSound(
                "administrator",
                List.of(
                        "-H",
                        "Cookie: " + Browser.COOKIE + "=" + browser.cookie(),
                        "-H",
                        "X-CSRF-Token: " + browser.csrfToken()));
    }

    private static void assertSound(String name, List<String> more) throws Exception {
        var url = URI.create(billing.request("/").build().uri().toString());
        var outcome = new Schemathesis(url.toString()).run(name, new ArrayList<>(more));
        assertThat(outcome.status()).as(outcome.output()).isZero();
        assertThat(outcome.output()).doesNotContain("\tat ");
    }
}
