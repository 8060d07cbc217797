package io.apihub.billing.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Role;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.kube.TenantProvisioning;
import io.apihub.billing.settings.Identity;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.Mailbox;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.TestSettings;
import io.apihub.billing.user.User;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses that are proven by mail: registering, forgotten passwords, invitations. */
class ProvenIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String OTHER = "another horse battery";
    private static final String CONFIRM = "/api/v1/email-verification/confirmation";
    private static final String RESET = "/api/v1/password-reset";

    private static TestDatabase database;
    private static FakeCluster cluster;
    private static Mailbox mailbox;
    private static RunningBilling billing;
    private static People people;

    private final String email = "u" + UUID.randomUUID() + "@example.com";
    private final String tenant = "t" + UUID.randomUUID().toString().substring(0, 18);
    private final Browser browser;

    ProvenIT() {
        browser = new Browser(billing);
    }

    private static Settings settings() {
        return TestSettings.with(
                TestSettings.with(TestSettings.of(database), mailbox.settings()),
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

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        cluster = new FakeCluster(database);
        mailbox = new Mailbox();
        billing =
                RunningBilling.with(
                        settings(),
                        beans ->
                                beans.registerBean(
                                        TenantProvisioning.class,
                                        () -> cluster,
                                        bean -> bean.setPrimary(true)));
        people = new People(billing);
    }

    @AfterAll
    static void stop() {
        billing.close();
        mailbox.close();
    }

    @BeforeEach
    void nobodyTriedBefore() {
        database.admin().update("DELETE FROM billing.throttle");
    }

    @Test
    void whoRegistersProvesTheAddressBeforeAnythingIsMade() {
        var answer = register(People.PASSWORD, Map.of("tenantName", tenant));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(text(answer, "state")).isEqualTo("VERIFYING");
        assertThat(logIn(People.PASSWORD).body()).contains("email-not-verified");

        var mail = mailbox.await(email, 1);
        assertThat(Mailbox.text(mail)).contains(TestSettings.PORTAL + "/verify-email#");
        var token = Mailbox.token(mail);
        assertRefused(use(CONFIRM, token, OTHER), "password");
        assertThat(step()).isEqualTo("VERIFYING");
        assertThat(use(CONFIRM, token, People.PASSWORD).statusCode()).isEqualTo(204);

        assertRefused(use(CONFIRM, token, People.PASSWORD), "token");
        browser.logIn(email, People.PASSWORD);
        Poll.until(
                PATIENCE,
                () -> {
                    cluster.reconcile(tenant);
                    return step().equals("DONE");
                });
        assertThat(actions()).contains("user.registered", "user.email-verified");
    }

    @Test
    void aNameThatSomebodyTookMeanwhileIsChosenAnew() {
        register(People.PASSWORD, Map.of("tenantName", tenant));
        database.registry().tenant(tenant);

        use(CONFIRM, Mailbox.token(mailbox.await(email, 1)), People.PASSWORD);

        Poll.until(PATIENCE, () -> step().equals("NAME_TAKEN"));
        var renamed =
                browser.logIn(email, People.PASSWORD)
                        .put("/api/v1/me/registration", Map.of("tenantName", tenant + "x"));
        assertThat(text(renamed, "tenantName")).isEqualTo(tenant + "x");
    }

    /** Or who registers with another's address gets in when that one opens the mail. */
    @Test
    void nobodyConfirmsWhatAnotherRegistered() {
        register(OTHER, Map.of("tenantName", tenant));
        var first = Mailbox.token(mailbox.await(email, 1));
        assertRefused(use(CONFIRM, first, People.PASSWORD), "password");

        var again = register(People.PASSWORD, Map.of("tenantName", tenant));
        assertThat(again.statusCode()).as(again.body()).isEqualTo(201);
        var second = Mailbox.token(mailbox.await(email, 2));

        assertRefused(use(CONFIRM, first, OTHER), "token");
        assertRefused(use(CONFIRM, second, OTHER), "password");
        assertThat(use(CONFIRM, second, People.PASSWORD).statusCode()).isEqualTo(204);
    }

    @Test
    void whoRegistersLearnsNotWhoHasAnAccount() {
        var user = people.user();
        var fresh = register(OTHER, Map.of("tenantName", tenant));
        var taken = register(OTHER, Map.of("tenantName", tenant, "email", user.email()));

        assertThat(taken.statusCode()).isEqualTo(201);
        assertThat(taken.body()).isEqualTo(fresh.body());
        assertThat(taken.headers().map().keySet()).isEqualTo(fresh.headers().map().keySet());
        assertThat(Mailbox.text(mailbox.await(user.email(), 1)))
                .contains("has an account already", TestSettings.PORTAL + "/log-in");
        assertThat(new Browser(billing).logIn(user.email(), People.PASSWORD).cookie())
                .as("nothing was changed")
                .isNotNull();
        database.registry().tenant("acme-gone");
        for (var address : new String[] {user.email(), "new-" + email}) {
            assertThat(
                            register(OTHER, Map.of("tenantName", "acme-gone", "email", address))
                                    .statusCode())
                    .as("a name is no secret")
                    .isEqualTo(409);
        }
    }

    @Test
    void whoDidNotRegisterMakesTheAccountTheirsByANewPassword() {
        register(OTHER, Map.of("tenantName", tenant));
        mailbox.await(email, 1);
        browser.post(RESET, Map.of("email", email));

        var token = Mailbox.token(mailbox.await(email, 2));
        assertThat(use(RESET + "/confirmation", token, People.PASSWORD).statusCode())
                .isEqualTo(204);

        assertThat(logIn(OTHER).statusCode()).isEqualTo(401);
        assertThat(logIn(People.PASSWORD).statusCode()).isEqualTo(200);
    }

    @Test
    void aForgottenPasswordIsChosenAnewOnceAndEndsAllSessions() {
        var user = people.user();
        var elsewhere = people.browser(user);
        browser.post(RESET, Map.of("email", user.email()));
        var other = Mailbox.token(mailbox.await(user.email(), 1));
        browser.post(RESET, Map.of("email", " " + user.email().toUpperCase(Locale.ROOT)));
        var mail = mailbox.await(user.email(), 2);
        assertThat(Mailbox.text(mail)).contains(TestSettings.PORTAL + "/reset-password#");
        var token = Mailbox.token(mail);

        assertRefused(use(RESET + "/confirmation", token, "short"), "password");
        assertRefused(use(CONFIRM, token, People.PASSWORD), "token");
        assertThat(use(RESET + "/confirmation", token, OTHER).statusCode()).isEqualTo(204);

        assertRefused(use(RESET + "/confirmation", token, OTHER + "!"), "token");
        assertRefused(use(RESET + "/confirmation", other, OTHER + "!"), "token");
        assertThat(elsewhere.get("/api/v1/session").statusCode()).isEqualTo(401);
        assertThat(new Browser(billing).logIn(user.email(), OTHER).get("/api/v1/me").body())
                .contains("\"emailVerified\":true");
        assertThat(Mailbox.text(mailbox.await(user.email(), 3))).contains("was set anew");
        assertThat(
                        database.admin()
                                .queryForList(
                                        "SELECT action FROM billing.audit WHERE actor = ?",
                                        String.class,
                                        user.actor()))
                .contains("user.password-reset");
    }

    @Test
    void aLinkIsGoodForAWhileOnly() {
        var user = people.user();
        browser.post(RESET, Map.of("email", user.email()));
        var token = Mailbox.token(mailbox.await(user.email(), 1));
        assertThat(
                        database.admin()
                                .queryForObject(
                                        "SELECT expires_at - created_at = interval '30 minutes'"
                                                + " FROM billing.user_token WHERE user_id = ?",
                                        Boolean.class,
                                        user.id()))
                .isTrue();
        database.admin()
                .update(
                        "UPDATE billing.user_token SET expires_at = now() WHERE user_id = ?",
                        user.id());

        assertRefused(use(RESET + "/confirmation", token, OTHER), "token");
        assertThat(new Browser(billing).logIn(user.email(), People.PASSWORD).cookie()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {RESET, "/api/v1/email-verification"})
    void whoAsksLearnsNothing(String path) {
        var known = people.user();
        var disabled = people.user(User::disable);
        var expected = browser.post(path, Map.of("email", known.email()));
        assertThat(expected.statusCode()).isEqualTo(202);
        for (var address : new String[] {email, disabled.email()}) {
            var answer = browser.post(path, Map.of("email", address));

            assertThat(answer.statusCode()).isEqualTo(202);
            assertThat(answer.body()).isEqualTo(expected.body());
            assertThat(answer.headers().map().keySet())
                    .isEqualTo(expected.headers().map().keySet());
        }
        for (int i = 0; i < 4; i++) {
            assertThat(browser.post(path, Map.of("email", email)).statusCode()).isEqualTo(202);
        }
        assertThat(browser.post(path, Map.of("email", email)).statusCode()).isEqualTo(429);
        assertRefused(browser.post(path, Map.of("email", "a@b.c\r\nBcc: d@e.fg")), "email");

        // One thread sends them all, in order.
        var last = people.user();
        browser.post(path, Map.of("email", last.email()));
        mailbox.await(last.email(), 1);
        assertThat(mailbox.of(known.email())).hasSize(1);
        assertThat(mailbox.of(disabled.email())).isEmpty();
        assertThat(mailbox.of(email)).isEmpty();
    }

    @Test
    void anInvitationThatWasMailedProvesTheAddress() {
        var inviting = "acme" + tenant;
        var owner = people.user();
        people.member(owner, database.registry().tenant(inviting), Role.OWNER);
        var invitations = "/api/v1/tenants/" + inviting + "/invitations";
        var made =
                people.browser(owner)
                        .post(invitations, Map.of("role", "DEVELOPER", "email", email));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        assertThat(made.body()).contains("\"mailed\":true").doesNotContain("\"token\"", "\"link\"");

        var mail = mailbox.await(email, 1);
        assertThat(Mailbox.text(mail))
                .contains(inviting, "as DEVELOPER", TestSettings.PORTAL + "/invitation#");
        var token = Mailbox.token(mail);
        assertRefused(
                register(People.PASSWORD, Map.of("invitation", token, "email", "x" + email)),
                "invitation");
        assertThat(register(People.PASSWORD, Map.of("invitation", token)).statusCode())
                .isEqualTo(201);

        var tenants = browser.logIn(email, People.PASSWORD).get("/api/v1/session").body();
        assertThat(tenants).contains(inviting, "DEVELOPER", "\"emailVerified\":true");
    }

    private HttpResponse<String> register(String password, Map<String, String> other) {
        var wish =
                new HashMap<>(
                        Map.of("email", email, "password", password, "displayName", "Some Body"));
        wish.putAll(other);
        return browser.post("/api/v1/registration", wish);
    }

    private HttpResponse<String> logIn(String password) {
        return new Browser(billing)
                .post("/api/v1/session", Map.of("email", email, "password", password));
    }

    private HttpResponse<String> use(String path, String token, String password) {
        return browser.post(path, Map.of("token", token, "password", password));
    }

    private String step() {
        return database.admin()
                .queryForList(
                        "SELECT step FROM billing.registration JOIN billing.app_user USING (user_id)"
                                + " WHERE email = ?",
                        String.class,
                        email)
                .getFirst();
    }

    private List<String> actions() {
        return database
                .admin()
                .queryForList(
                        "SELECT action FROM billing.audit JOIN billing.app_user"
                                + " ON actor = 'user/' || app_user.user_id WHERE email = ?",
                        String.class,
                        email)
                .stream()
                .map(String::valueOf)
                .toList();
    }

    private static void assertRefused(HttpResponse<String> answer, String field) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(text(answer, "field")).isEqualTo(field);
    }

    private static String text(HttpResponse<String> answer, String field) {
        return RunningBilling.json(answer).get(field).asString();
    }
}
