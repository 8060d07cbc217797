package io.apihub.billing.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Role;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.settings.Identity;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.TestSettings;
import io.apihub.billing.user.Memberships;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Registering where only those may who were invited. */
class InvitedIT {

    private static TestDatabase database;
    private static RunningBilling billing;
    private static UUID tenant;
    private static Browser owner;

    private final String email = "u" + UUID.randomUUID() + "@example.com";

    private static Settings settings() {
        return TestSettings.with(
                TestSettings.of(database),
                identity -> {
                    var rules = identity.registration();
                    return new Identity(
                            new Identity.Registration(
                                    Identity.Mode.INVITATION,
                                    rules.mailDomains(),
                                    rules.template(),
                                    rules.trialGrant()),
                            identity.sessions(),
                            identity.publicUrl(),
                            identity.trustedProxies(),
                            identity.secretsKeyFile(),
                            identity.firstAdministrator());
                });
    }

    private static Browser owner() {
        var people = new People(billing);
        var user = people.user();
        people.member(user, tenant, Role.OWNER);
        return people.browser(user);
    }

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        billing = RunningBilling.with(settings(), more -> {});
        tenant = database.registry().tenant("acme");
        owner = owner();
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @BeforeEach
    void nobodyTriedBefore() {
        database.admin().update("DELETE FROM billing.throttle");
    }

    @Test
    void whoWasInvitedJoinsTheTenantThatInvited() {
        var answer = register(Map.of("invitation", invite(Map.of("role", "DEVELOPER"))));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(text(answer, "tenantName")).isEqualTo("acme");
        var session = new Browser(billing).logIn(email, People.PASSWORD).get("/api/v1/session");
        var tenants = RunningBilling.json(session).get("tenants");
        assertThat(tenants).hasSize(1);
        assertThat(tenants.get(0).get("role").asString()).isEqualTo("DEVELOPER");
        assertThat(registrations()).as("tenants of their own").isZero();
        assertThat(
                        database.admin()
                                .queryForList(
                                        "SELECT action FROM billing.audit JOIN billing.app_user"
                                                + " ON actor = 'user/' || app_user.user_id WHERE email = ?",
                                        String.class,
                                        email))
                .contains("user.registered", "member.joined");
    }

    @Test
    void whoLeftInvitesNobody() {
        var people = new People(billing);
        var leaver = people.user();
        people.member(leaver, tenant, Role.OWNER);
        var answer =
                people.browser(leaver)
                        .post("/api/v1/tenants/acme/invitations", Map.of("role", "OWNER"));
        billing.get(Memberships.class).remove(tenant, leaver.id());

        assertRefused(register(Map.of("invitation", text(answer, "token"))), "invitation");
        assertThat(users()).isZero();
    }

    @Test
    void whoWasNotInvitedDoesNotRegister() {
        var answer = register(Map.of("tenantName", "mine"));

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("registration-off");
        assertThat(users()).isZero();
    }

    @Test
    void anInvitationIsForOneUser() throws Exception {
        var token = invite(Map.of("role", "VIEWER"));
        var wishes = new ArrayList<Callable<Integer>>();
        for (int i = 0; i < 4; i++) {
            var address = "racer" + i + "-" + email;
            wishes.add(() -> register(Map.of("invitation", token, "email", address)).statusCode());
        }
        var statuses = new ArrayList<Integer>();
        try (var executor = Executors.newFixedThreadPool(4)) {
            for (var done : executor.invokeAll(wishes)) {
                statuses.add(done.get());
            }
        }

        assertThat(statuses).containsExactlyInAnyOrder(201, 400, 400, 400);
        assertThat(
                        database.admin()
                                .queryForObject(
                                        "SELECT count(*) FROM billing.app_user WHERE email LIKE ?",
                                        Long.class,
                                        "racer%" + email))
                .as("users made")
                .isEqualTo(1);
    }

    /** The address was not proven, so that the link alone would do. */
    @Test
    void anInvitationForAnAddressIsNoGoodHere() {
        var token = invite(Map.of("role", "VIEWER", "email", email));

        assertRefused(register(Map.of("invitation", token)), "invitation");
        assertThat(users()).isZero();
    }

    @Test
    void aTokenOfNoInvitationIsNoGood() {
        for (var token : new String[] {"", "x", "a".repeat(10_000)}) {
            assertRefused(register(Map.of("invitation", token)), "invitation");
        }
        assertThat(users()).isZero();
    }

    @Test
    void whoIsInvitedNamesNoTenant() {
        var token = invite(Map.of("role", "VIEWER"));

        assertRefused(register(Map.of("invitation", token, "tenantName", "mine")), "tenantName");
        assertThat(register(Map.of("invitation", token)).statusCode())
                .as("still good")
                .isEqualTo(201);
        assertThat(register(Map.of("invitation", invite(Map.of("role", "OWNER")))).statusCode())
                .as("the address is somebody's")
                .isEqualTo(409);
    }

    private static String invite(Map<String, String> wanted) {
        var answer = owner.post("/api/v1/tenants/acme/invitations", wanted);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return text(answer, "token");
    }

    private HttpResponse<String> register(Map<String, String> other) {
        var wish =
                new HashMap<>(
                        Map.of(
                                "email",
                                email,
                                "password",
                                People.PASSWORD,
                                "displayName",
                                "Some Body"));
        wish.putAll(other);
        return new Browser(billing).post("/api/v1/registration", wish);
    }

    private long users() {
        return number("SELECT count(*) FROM billing.app_user WHERE email = ?", email);
    }

    private long registrations() {
        return number(
                "SELECT count(*) FROM billing.registration JOIN billing.app_user USING (user_id)"
                        + " WHERE email = ?",
                email);
    }

    private static long number(String sql, String parameter) {
        var number = database.admin().queryForObject(sql, Long.class, parameter);
        return number == null ? -1 : number;
    }

    private static void assertRefused(HttpResponse<String> answer, String field) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(text(answer, "field")).isEqualTo(field);
    }

    private static String text(HttpResponse<String> answer, String field) {
        return RunningBilling.json(answer).get(field).asString();
    }
}
