package io.apihub.billing.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.kube.TenantProvisioning;
import io.apihub.billing.settings.Identity;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.TestSettings;
import io.apihub.model.money.Credits;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Registering over HTTP; what is left behind by a process that dies is finished by the next. */
class RegistrationIT {

    private static TestDatabase database;
    private static FakeCluster cluster;
    private static RunningBilling billing;

    private final String tenant = "t" + UUID.randomUUID().toString().substring(0, 12);
    private final String email = tenant + "@example.com";

    private static Settings settings(Identity.Mode mode) {
        return TestSettings.with(
                TestSettings.of(database),
                identity ->
                        new Identity(
                                new Identity.Registration(
                                        mode,
                                        Set.of("example.com"),
                                        "registration",
                                        Credits.parse("2.5")),
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
        billing =
                RunningBilling.with(
                        settings(Identity.Mode.ON),
                        more ->
                                more.registerBean(
                                        TenantProvisioning.class,
                                        () -> cluster,
                                        bean -> bean.setPrimary(true)));
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @BeforeEach
    void nobodyTriedBefore() {
        database.admin().update("DELETE FROM billing.throttle");
    }

    @AfterEach
    void nothingFails() {
        cluster.goAway(false);
        database.admin().execute("DROP TRIGGER IF EXISTS dies ON billing.registration");
    }

    @Test
    void whoRegistersOwnsATenantWithATrial() {
        var answer = register();

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(text(answer, "state")).isEqualTo("OPENING");
        assertThat(cluster.template(tenant)).isEqualTo("registration");
        cluster.reconcile(tenant);
        awaitDone();
        var browser = new Browser(billing).logIn(email, People.PASSWORD);
        assertThat(text(browser.get("/api/v1/tenants/" + tenant + "/balance"), "balance"))
                .isEqualTo("2.5");
        assertThat(browser.get("/api/v1/session").body()).contains("\"role\":\"OWNER\"");
        assertThat(text(browser.get("/api/v1/me/registration"), "state")).isEqualTo("DONE");
    }

    /** Where a process may die. */
    enum Death {
        BEFORE_TENANT,
        AFTER_TENANT,
        BEFORE_MEMBERSHIP_IS_COMMITTED,
        BEFORE_TRIAL_IS_COMMITTED
    }

    @ParameterizedTest
    @EnumSource
    void aRegistrationSurvivesADeathBetweenAnyTwoSteps(Death death) {
        int tenants = cluster.count();
        arrange(death);

        var answer = register();

        assertThat(answer.statusCode())
                .as(answer.body())
                .isEqualTo(death == Death.BEFORE_TRIAL_IS_COMMITTED ? 201 : 500);
        cluster.reconcile(tenant);
        if (death == Death.BEFORE_TRIAL_IS_COMMITTED) {
            billing.get(Resumer.class).resume();
            Poll.until(Duration.ofSeconds(60), () -> count("last_error LIKE '%dies%'") == 1);
        }
        revive();
        Poll.until(Duration.ofSeconds(60), () -> isDone(tenant));
        assertThat(cluster.count() - tenants).as("Tenants made").isEqualTo(1);
        assertThat(trials()).as("trials granted").isEqualTo(1);
        assertThat(balance()).isEqualTo(2_500_000);
        assertThat(members()).as("owners").isEqualTo(1);
    }

    private void arrange(Death death) {
        switch (death) {
            case BEFORE_TENANT -> cluster.die(false);
            case AFTER_TENANT -> cluster.die(true);
            case BEFORE_MEMBERSHIP_IS_COMMITTED -> failAt("OPENING");
            case BEFORE_TRIAL_IS_COMMITTED -> failAt("DONE");
        }
    }

    /** The transaction that writes a step is rolled back, as if the process were gone. */
    private static void failAt(String step) {
        database.admin()
                .execute(
                        "CREATE OR REPLACE FUNCTION billing.dies() RETURNS trigger LANGUAGE plpgsql"
                                + " AS $$ BEGIN RAISE EXCEPTION 'it dies'; END $$");
        database.admin()
                .execute(
                        "CREATE TRIGGER dies BEFORE UPDATE ON billing.registration FOR EACH ROW"
                                + " WHEN (NEW.step = '"
                                + step
                                + "' AND OLD.step <> NEW.step) EXECUTE FUNCTION billing.dies()");
    }

    /** The lease of the one that died runs out. */
    private void revive() {
        database.admin().execute("DROP TRIGGER IF EXISTS dies ON billing.registration");
        database.admin()
                .update(
                        "UPDATE billing.registration SET next_try_at = now()"
                                + " WHERE tenant_name = ?",
                        tenant);
    }

    @Test
    void whileKubernetesIsAwayTheUserIsThereAndTheTenantFollows() {
        cluster.goAway(true);
        var answer = register();
        assertThat(text(answer, "state")).isEqualTo("PROVISIONING");
        assertThat(new Browser(billing).logIn(email, People.PASSWORD).cookie()).isNotNull();

        cluster.goAway(false);
        revive();

        Poll.until(Duration.ofSeconds(60), () -> isDone(tenant));
    }

    @Test
    void aNameThatIsTakenIsNamedAndNothingIsLeft() {
        cluster.make(tenant);

        var answer = register();

        assertTaken(answer, "tenantName");
        assertThat(users()).isZero();
        assertThat(register(Map.of("tenantName", tenant + "x")).statusCode()).isEqualTo(201);
    }

    @Test
    void aNameThatIsTakenLaterMayBeChosenAnew() {
        cluster.goAway(true);
        register();
        cluster.make(tenant);
        cluster.goAway(false);
        revive();
        Poll.until(Duration.ofSeconds(60), () -> count("step = 'NAME_TAKEN'") == 1);
        var browser = new Browser(billing).logIn(email, People.PASSWORD);

        assertThat(browser.put("/api/v1/me/registration", Map.of("tenantName", "no!")).statusCode())
                .isEqualTo(400);
        var renamed = browser.put("/api/v1/me/registration", Map.of("tenantName", tenant + "-2"));

        assertThat(renamed.statusCode()).as(renamed.body()).isEqualTo(200);
        assertThat(billing.get("/api/v1/audit?action=registration.renamed").body())
                .contains(tenant + "-2");
        Poll.until(
                Duration.ofSeconds(60),
                () -> {
                    isDone(tenant + "-2");
                    return text(browser.get("/api/v1/me/registration"), "state").equals("DONE");
                });
        assertThat(browser.put("/api/v1/me/registration", Map.of("tenantName", "abc")).statusCode())
                .isEqualTo(409);
    }

    @Test
    void anAddressIsOneUsersOnly() {
        register();

        var upper = email.toUpperCase(Locale.ROOT);
        assertTaken(register(Map.of("email", upper, "tenantName", tenant + "b")), "email");
        assertThat(users()).isEqualTo(1);
    }

    @Test
    void ofManyWhoWantOneNameOneGetsIt() throws Exception {
        var wishes = new ArrayList<Callable<Integer>>();
        for (int i = 0; i < 6; i++) {
            var address = "racer" + i + "-" + email;
            wishes.add(() -> register(Map.of("email", address)).statusCode());
        }
        var statuses = new ArrayList<Integer>();
        try (var executor = Executors.newFixedThreadPool(6)) {
            for (var done : executor.invokeAll(wishes)) {
                statuses.add(done.get());
            }
        }

        // A slow machine can't hash so many at once, and says so.
        assertThat(statuses).containsOnlyOnce(201).allMatch(Set.of(201, 409, 503)::contains);
    }

    @ParameterizedTest
    @CsvSource({
        "email, nobody",
        "email, a@elsewhere.org",
        "password, short",
        "displayName, a\u200bb",
        "tenantName, ab",
        "tenantName, Upper",
        "tenantName, kube-system",
        "tenantName, apihub-system",
        "tenantName, ../x",
        "tenantName, -abc",
        "tenantName, 1abc",
        "tenantName, a23456789012345678901234567890123456789012",
        "tenantDisplayName, '\u202e'"
    })
    void whatIsWrongIsRefusedByItsField(String field, String value) {
        var answer = register(Map.of(field, value));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(text(answer, "field")).isEqualTo(field);
        assertThat(users()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "administrator",
                "state",
                "trial",
                "template",
                "role",
                "tenantId",
                "balance"
            })
    void nobodyRegistersAsMore(String field) {
        var answer = register(Map.of(field, "true"));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(text(answer, "field")).isEqualTo(field);
    }

    @Test
    void oneAddressRegistersOnlySoManyUsers() {
        int refused = 0;
        for (int i = 0; i < 12; i++) {
            var answer = register(Map.of("email", "a@elsewhere.org"));
            refused += answer.statusCode() == 429 ? 1 : 0;
        }
        assertThat(refused).as("what is refused anyway is not counted").isZero();
        for (int i = 0; i < 11; i++) {
            var answer = register(Map.of("email", i + email, "tenantName", tenant + i));
            refused += answer.statusCode() == 429 ? 1 : 0;
        }
        assertThat(refused).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(value = Identity.Mode.class, names = "ON", mode = EnumSource.Mode.EXCLUDE)
    void whereItIsOffNobodyRegisters(Identity.Mode mode) {
        try (var other = RunningBilling.with(settings(mode), more -> {})) {
            var answer = new Browser(other).post("/api/v1/registration", wish(Map.of()));

            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("registration-off");
            assertThat(other.send(other.request("/api/v1/registration")).body())
                    .contains(mode.name());
        }
    }

    private HttpResponse<String> register() {
        return register(Map.of());
    }

    private HttpResponse<String> register(Map<String, String> other) {
        return new Browser(billing).post("/api/v1/registration", wish(other));
    }

    private Map<String, String> wish(Map<String, String> other) {
        var wish =
                new HashMap<>(
                        Map.of(
                                "email",
                                email,
                                "password",
                                People.PASSWORD,
                                "displayName",
                                "Some Body",
                                "tenantName",
                                tenant));
        wish.putAll(other);
        return wish;
    }

    /** Billing does so once in a second, as whoever calls {@link #awaitDone} sees. */
    private boolean isDone(String name) {
        cluster.reconcile(name);
        billing.get(Resumer.class).resume();
        return count("step = 'DONE'") == 1;
    }

    private void awaitDone() {
        Poll.until(Duration.ofSeconds(60), () -> count("step = 'DONE'") == 1);
    }

    private long count(String condition) {
        return number(
                "SELECT count(*) FROM billing.registration WHERE tenant_name = ? AND " + condition,
                tenant);
    }

    private long users() {
        return number("SELECT count(*) FROM billing.app_user WHERE email_key = ?", email);
    }

    private long members() {
        return number(
                "SELECT count(*) FROM billing.member JOIN billing.registration USING (user_id)"
                        + " WHERE tenant_name = ? AND role = 'OWNER'",
                tenant);
    }

    private long trials() {
        return number(
                "SELECT count(*) FROM billing.ledger_transaction JOIN billing.registration"
                        + " ON reference = 'trial/' || registration_id WHERE tenant_name = ?",
                tenant);
    }

    private long balance() {
        return number(
                "SELECT balance_micros FROM billing.account JOIN billing.registration"
                        + " USING (tenant_id) WHERE tenant_name = ?",
                tenant);
    }

    private static long number(String sql, String parameter) {
        var number = database.admin().queryForObject(sql, Long.class, parameter);
        return number == null ? -1 : number;
    }

    private static void assertTaken(HttpResponse<String> answer, String field) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
        assertThat(text(answer, "field")).isEqualTo(field);
    }

    private static String text(HttpResponse<String> answer, String field) {
        return RunningBilling.json(answer).get(field).asString();
    }
}
