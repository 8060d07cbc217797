package io.apihub.billing.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Base32;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.Mailbox;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.TestSettings;
import io.apihub.billing.user.User;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Logging in with a code from a phone. */
class SecondFactorIT {

    private static final String MINE = "/api/v1/me/second-factor";
    private static final String SECOND = "/api/v1/session/second-factor";

    /** Stands still, so that no step of 30 seconds ends within a test. */
    private static final InstantSource CLOCK =
            InstantSource.fixed(Instant.parse("2026-11-23T08:00:10Z"));

    private static TestDatabase database;
    private static Mailbox mailbox;
    private static RunningBilling billing;
    private static People people;

    private final User user;

    SecondFactorIT() {
        user = people.user();
    }

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        mailbox = new Mailbox();
        billing =
                RunningBilling.with(
                        TestSettings.with(TestSettings.of(database), mailbox.settings()),
                        more ->
                                more.registerBean(
                                        "stoppedClock",
                                        InstantSource.class,
                                        () -> CLOCK,
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

    /** A phone with a clock like ours. */
    private static final class Phone {

        private final byte[] secret;

        Phone(String base32) {
            secret = Base32.decoded(base32);
        }

        String code(int stepsFromNow) {
            return Totp.code(secret, Totp.step(CLOCK.instant()) + stepsFromNow);
        }
    }

    /** A user's second factor, confirmed, and what came of it. */
    private record Enrolled(Phone phone, List<String> recovery, Browser browser) {}

    private Enrolled enrol() {
        var browser = people.browser(user);
        var begun = browser.post(MINE, Map.of("password", People.PASSWORD));
        assertThat(begun.statusCode()).as(begun.body()).isEqualTo(200);
        var phone = new Phone(json(begun).get("secret").asString());
        var confirmed = browser.post(MINE + "/confirmation", Map.of("code", phone.code(-1)));
        assertThat(confirmed.statusCode()).as(confirmed.body()).isEqualTo(200);
        var recovery = new ArrayList<String>();
        json(confirmed).get("codes").forEach(code -> recovery.add(code.asString()));
        return new Enrolled(phone, recovery, browser);
    }

    private Browser passwordGiven() {
        var browser = new Browser(billing);
        var answer =
                browser.post(
                        "/api/v1/session",
                        Map.of("email", user.email(), "password", People.PASSWORD));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        assertThat(answer.body()).contains("second-factor").doesNotContain("csrfToken");
        assertThat(browser.cookie()).as("no session yet").isNull();
        assertThat(answer.headers().allValues("Set-Cookie").getFirst())
                .startsWith("__Host-apihub-log-in=")
                .contains("HttpOnly", "Secure", "Max-Age=300");
        assertThat(browser.get("/api/v1/session").statusCode()).isEqualTo(401);
        return browser;
    }

    @Test
    void aLogInTakesPasswordAndCode() {
        var mine = enrol();
        assertThat(mine.recovery())
                .hasSize(10)
                .allMatch(code -> code.matches("(\\w{4}-){3}\\w{4}"));
        assertThat(mine.browser().get(MINE).body()).contains("\"enabled\":true");

        var browser = passwordGiven();
        assertRefused(browser.post(SECOND, Map.of("code", "000000x")));
        var answer = browser.post(SECOND, Map.of("code", mine.phone().code(0)));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(json(answer).at("/user/email").asString()).isEqualTo(user.email());
        assertThat(browser.get("/api/v1/session").statusCode()).isEqualTo(200);
        assertThat(browser.post(SECOND, Map.of("code", mine.phone().code(1))).statusCode())
                .as("one session for each password")
                .isEqualTo(401);
    }

    @Test
    void aCodeIsTakenOnceByHoweverManyAtOnce() throws Exception {
        var mine = enrol();
        var code = mine.phone().code(0);
        var tries = new ArrayList<Callable<Integer>>();
        for (int i = 0; i < 6; i++) {
            var browser = passwordGiven();
            tries.add(() -> browser.post(SECOND, Map.of("code", code)).statusCode());
        }
        var statuses = new ArrayList<Integer>();
        try (var executor = Executors.newFixedThreadPool(6)) {
            for (var done : executor.invokeAll(tries)) {
                statuses.add(done.get());
            }
        }

        assertThat(statuses).containsOnlyOnce(200);
        assertThat(statuses.stream().filter(status -> status != 200)).containsOnly(400);
        var browser = passwordGiven();
        assertRefused(browser.post(SECOND, Map.of("code", code)));
        assertRefused(browser.post(SECOND, Map.of("code", mine.phone().code(-1))));
    }

    @Test
    void aRecoveryCodeIsGoodOnceHoweverItIsTyped() {
        var mine = enrol();
        var code = mine.recovery().getFirst();
        var typed = " " + code.toUpperCase(Locale.ROOT).replace("-", " ");

        assertThat(passwordGiven().post(SECOND, Map.of("code", typed)).statusCode()).isEqualTo(200);

        assertRefused(passwordGiven().post(SECOND, Map.of("code", code)));
        assertThat(json(mine.browser().get(MINE)).get("recoveryCodes").asInt()).isEqualTo(9);
        var renewed =
                mine.browser().post(MINE + "/recovery-codes", Map.of("code", mine.phone().code(0)));
        assertThat(json(renewed).get("codes")).hasSize(10);
        assertThat(actions(user.actor())).contains("session.opened", "user.recovery-codes-made");
        assertRefused(passwordGiven().post(SECOND, Map.of("code", mine.recovery().getLast())));
    }

    @Test
    void aNewPasswordTakesACodeToo() {
        var mine = enrol();
        var wish = Map.of("current", People.PASSWORD, "password", "another horse battery");

        var without = mine.browser().put("/api/v1/me/password", wish);
        assertThat(without.statusCode()).isEqualTo(400);
        assertThat(json(without).get("field").asString()).isEqualTo("code");

        var with = new HashMap<String, Object>(wish);
        with.put("code", mine.phone().code(0));
        assertThat(mine.browser().put("/api/v1/me/password", with).statusCode()).isEqualTo(204);
        assertThat(mine.browser().get("/api/v1/session").statusCode()).isEqualTo(200);
    }

    @Test
    void nothingIsAskedForBeforeACodeWasShown() {
        var browser = people.browser(user);
        assertRefused(browser.post(MINE, Map.of("password", "wrong horse battery")));
        var first = browser.post(MINE, Map.of("password", People.PASSWORD));
        assertThat(json(first).get("uri").asString())
                .startsWith("otpauth://totp/APIHub:")
                .contains("secret=" + json(first).get("secret").asString());
        assertThat(browser.get(MINE).body()).contains("\"enabled\":false");
        assertThat(new Browser(billing).logIn(user.email(), People.PASSWORD).cookie()).isNotNull();

        browser.post(MINE, Map.of("password", People.PASSWORD));
        var old = new Phone(json(first).get("secret").asString()).code(0);
        assertRefused(browser.post(MINE + "/confirmation", Map.of("code", old)));
    }

    @Test
    void guessingIsBounded() {
        var mine = enrol();
        var browser = passwordGiven();
        for (int i = 0; i < 10; i++) {
            assertRefused(browser.post(SECOND, Map.of("code", "00000" + i + "x")));
        }

        assertThat(browser.post(SECOND, Map.of("code", mine.phone().code(0))).statusCode())
                .isEqualTo(429);
        assertThat(passwordGiven().post(SECOND, Map.of("code", mine.phone().code(0))).statusCode())
                .as("another password does not help")
                .isEqualTo(429);
    }

    @Test
    void thePasswordIsGoodForAWhileAndNotAfterALogOutEverywhere() {
        var mine = enrol();
        var late = passwordGiven();
        database.admin()
                .update(
                        "UPDATE billing.user_token SET expires_at = created_at WHERE user_id = ?",
                        user.id());
        assertThat(late.post(SECOND, Map.of("code", mine.phone().code(0))).body())
                .contains("no-log-in-pending");

        var pending = passwordGiven();
        mine.browser().delete("/api/v1/me/sessions");
        assertThat(pending.post(SECOND, Map.of("code", mine.phone().code(0))).body())
                .contains("no-log-in-pending");
        assertThat(new Browser(billing).post(SECOND, Map.of("code", "123456")).statusCode())
                .isEqualTo(401);
    }

    @Test
    void itIsRemovedWithPasswordAndCodeAndTheUserIsTold() {
        var mine = enrol();
        var browser = mine.browser();
        var path = MINE + "/removal";
        assertRefused(browser.post(path, Map.of("code", mine.phone().code(0))));
        assertRefused(browser.post(path, Map.of("password", People.PASSWORD)));
        assertThat(browser.post(MINE, Map.of("password", People.PASSWORD)).body())
                .contains("second-factor-on");

        var proof = Map.of("password", People.PASSWORD, "code", mine.phone().code(0));
        assertThat(browser.post(path, proof).statusCode()).isEqualTo(204);

        assertThat(new Browser(billing).logIn(user.email(), People.PASSWORD).cookie()).isNotNull();
        assertThat(browser.post(path, proof).body()).contains("second-factor-off");
        assertThat(Mailbox.text(mailbox.await(user.email(), 1))).contains("no longer asks");
        assertThat(actions("user/" + user.id()))
                .contains("user.second-factor-made", "user.second-factor-removed");
    }

    @Test
    void anAdministratorHelpsWhoLostThePhone() {
        var mine = enrol();
        var path = "/api/v1/users/" + user.id() + "/second-factor";
        var administrator = people.user(one -> one.makeAdministrator(true));
        var helper = people.browser(administrator);

        assertThat(mine.browser().delete(path).statusCode()).isEqualTo(403);
        assertThat(helper.delete("/api/v1/users/" + administrator.id() + "/second-factor").body())
                .contains("oneself");
        assertThat(helper.delete(path).statusCode()).isEqualTo(204);
        assertThat(helper.delete(path).statusCode()).as("a repeat").isEqualTo(204);

        assertThat(mine.browser().get(MINE).statusCode()).as("logged out").isEqualTo(401);
        assertThat(new Browser(billing).logIn(user.email(), People.PASSWORD).cookie()).isNotNull();
        assertThat(actions("user/" + administrator.id()))
                .containsOnlyOnce("user.second-factor-removed");
    }

    @Test
    void theDatabaseAloneMakesNoCodes() {
        var mine = enrol();

        var stored =
                database.admin()
                        .queryForObject(
                                "SELECT encode(secret, 'hex') FROM billing.second_factor"
                                        + " WHERE user_id = ?",
                                String.class,
                                user.id());
        assertThat(stored).doesNotContain(HexFormat.of().formatHex(mine.phone().secret));
        assertThat(
                        database.admin()
                                .queryForList("SELECT code_sha256 FROM billing.recovery_code")
                                .toString())
                .doesNotContain(mine.recovery().getFirst());
    }

    private static List<String> actions(String actor) {
        return database
                .admin()
                .queryForList(
                        "SELECT action FROM billing.audit WHERE actor = ?", String.class, actor)
                .stream()
                .map(String::valueOf)
                .toList();
    }

    private static void assertRefused(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(json(answer).get("field").asString()).isIn("code", "password");
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return RunningBilling.json(answer);
    }
}
