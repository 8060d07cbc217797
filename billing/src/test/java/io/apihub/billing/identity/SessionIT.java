package io.apihub.billing.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Role;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.user.User;
import io.apihub.billing.user.Users;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Browser sessions over HTTP, on a real Postgres. */
class SessionIT {

    private static final String NEXT = "another horse battery";

    private static final TestDatabase DATABASE = RunningBilling.sharedDatabase();
    private static final RunningBilling BILLING = RunningBilling.shared();
    private static final People PEOPLE = new People(BILLING);

    @Test
    void theCookieIsForThisHostAndNoScript() {
        var user = PEOPLE.user();
        var answer = logIn(new Browser(BILLING), user.email(), People.PASSWORD);

        assertThat(answer.headers().allValues("Set-Cookie"))
                .singleElement()
                .asString()
                .matches(
                        "__Host-apihub=[A-Za-z0-9_-]{43}; Path=/; Max-Age=604800; Expires=[^;]+;"
                                + " Secure; HttpOnly; SameSite=Lax");
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(RunningBilling.json(answer).get("user").get("email").asString())
                .isEqualTo(user.email());
    }

    @Test
    void neitherCookieNorCsrfTokenIsInTheDatabase() {
        var browser = PEOPLE.browser(PEOPLE.user());
        var rows =
                DATABASE.admin()
                        .queryForList("SELECT s::text FROM billing.session s", String.class)
                        .toString();

        assertThat(rows).doesNotContain(browser.cookie(), browser.csrfToken());
    }

    @Test
    void whoAmIShowsTheRolesOfThisMoment() {
        var name = "t-" + UUID.randomUUID();
        var tenant = DATABASE.registry().tenant(name);
        var user = PEOPLE.user();
        var browser = PEOPLE.browser(user);
        assertThat(browser.get("/api/v1/tenants/" + name + "/balance").statusCode()).isEqualTo(404);

        PEOPLE.member(user, tenant, Role.DEVELOPER);

        var tenants = RunningBilling.json(browser.get("/api/v1/session")).get("tenants");
        assertThat(tenants.get(0).get("name").asString()).isEqualTo(name);
        assertThat(tenants.get(0).get("role").asString()).isEqualTo("DEVELOPER");
        assertThat(browser.get("/api/v1/tenants/" + name + "/balance").statusCode()).isEqualTo(200);

        DATABASE.admin().update("DELETE FROM billing.member WHERE user_id = ?", user.id());
        assertThat(browser.get("/api/v1/tenants/" + name + "/balance").statusCode()).isEqualTo(404);
    }

    @Test
    void anAdministratorsTokenIsNoUserAndNeedsNoCsrfToken() {
        var answer = BILLING.get("/api/v1/session");

        assertThat(RunningBilling.json(answer).get("administrator").asBoolean()).isTrue();
        assertThat(RunningBilling.json(answer).has("csrfToken")).isFalse();
        assertThat(BILLING.get("/api/v1/me/sessions").body()).contains("no-user");
    }

    @Test
    void everyLogInGetsANewCookieAndEndsTheOldSession() {
        var user = PEOPLE.user();
        var browser = PEOPLE.browser(user);
        var before = String.valueOf(browser.cookie());

        browser.logIn(user.email(), People.PASSWORD);

        assertThat(browser.cookie()).isNotEqualTo(before);
        assertThat(isLoggedIn(new Browser(BILLING).withCookie(before))).isFalse();
        assertThat(isLoggedIn(browser)).isTrue();
    }

    @Test
    void aCookieThatSomebodyPlantedIsNotTakenOver() {
        var planted = "A".repeat(43);
        var browser = new Browser(BILLING).withCookie(planted);

        browser.logIn(PEOPLE.user().email(), People.PASSWORD);

        assertThat(browser.cookie()).isNotEqualTo(planted);
        assertThat(isLoggedIn(new Browser(BILLING).withCookie(planted))).isFalse();
    }

    @Test
    void loggingOutEndsTheSessionAtTheServer() {
        var browser = PEOPLE.browser(PEOPLE.user());
        var cookie = browser.cookie();

        assertThat(browser.delete("/api/v1/session").statusCode()).isEqualTo(204);

        assertThat(browser.cookie()).isNull();
        assertThat(isLoggedIn(new Browser(BILLING).withCookie(cookie))).isFalse();
    }

    @Test
    void loggingOutEverywhereEndsAllOfOnesOwnSessionsOnly() {
        var user = PEOPLE.user();
        var one = PEOPLE.browser(user);
        var two = PEOPLE.browser(user);
        var other = PEOPLE.browser(PEOPLE.user());
        assertThat(RunningBilling.json(one.get("/api/v1/me/sessions")).get("items")).hasSize(2);

        assertThat(one.delete("/api/v1/me/sessions").statusCode()).isEqualTo(204);

        assertThat(isLoggedIn(two)).isFalse();
        assertThat(isLoggedIn(other)).isTrue();
    }

    @Test
    void nobodyEndsSomebodyElsesSession() {
        var victim = PEOPLE.browser(PEOPLE.user());
        var id = session(victim);
        var attacker = PEOPLE.browser(PEOPLE.user());

        assertThat(attacker.delete("/api/v1/me/sessions/" + id).statusCode()).isEqualTo(404);
        assertThat(isLoggedIn(victim)).isTrue();
        assertThat(victim.delete("/api/v1/me/sessions/" + id).statusCode()).isEqualTo(204);
        assertThat(isLoggedIn(victim)).isFalse();
    }

    @Test
    void aDisabledUserIsOutAtOnce() {
        var user = PEOPLE.user();
        var browser = PEOPLE.browser(user);

        DATABASE.admin()
                .update(
                        "UPDATE billing.app_user SET state = 'DISABLED' WHERE user_id = ?",
                        user.id());

        assertThat(isLoggedIn(browser)).isFalse();
        assertThat(logIn(browser, user.email(), People.PASSWORD).statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({
        "last_seen_at, -11 hours, true",
        "last_seen_at, -13 hours, false",
        "expires_at, -1 second, false",
        "last_seen_at, 2 hours, true",
        "created_at, 2 hours, true"
    })
    void sessionsEndWhenIdleAndAtLastAndAClockThatWentBackEndsNone(
            String column, String shift, boolean alive) {
        var browser = PEOPLE.browser(PEOPLE.user());

        DATABASE.admin()
                .update(
                        "UPDATE billing.session SET "
                                + column
                                + " = now() + ?::interval WHERE session_id = ?",
                        shift,
                        UUID.fromString(session(browser)));

        assertThat(isLoggedIn(browser)).isEqualTo(alive);
    }

    @Test
    void aRequestRefreshesASessionThatWasIdle() {
        var browser = PEOPLE.browser(PEOPLE.user());
        var id = UUID.fromString(session(browser));
        DATABASE.admin()
                .update(
                        "UPDATE billing.session SET last_seen_at = now() - interval '11 hours'"
                                + " WHERE session_id = ?",
                        id);

        browser.get("/api/v1/session");

        assertThat(
                        DATABASE.admin()
                                .queryForObject(
                                        "SELECT last_seen_at > now() - interval '1 minute' FROM"
                                                + " billing.session WHERE session_id = ?",
                                        Boolean.class,
                                        id))
                .isTrue();
    }

    @Test
    void aChangeWithoutTheCsrfTokenOfThisSessionIsRefused() {
        var browser = PEOPLE.browser(PEOPLE.user());
        var another = PEOPLE.browser(PEOPLE.user());
        var change = Map.of("displayName", "Mallory");

        for (var token : new String[] {null, "", "x", another.csrfToken(), browser.cookie()}) {
            var answer = browser.send("PATCH", "/api/v1/me", change, token);
            assertThat(answer.statusCode()).as("%s: %s", token, answer.body()).isEqualTo(403);
            assertThat(answer.body()).contains("urn:apihub:problem:csrf");
        }
        assertThat(browser.patch("/api/v1/me", change).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "Sec-Fetch-Site, cross-site, 403",
        "Sec-Fetch-Site, same-site, 403",
        "Sec-Fetch-Site, same-origin, 200",
        "Origin, https://evil.example, 403",
        "Origin, null, 403",
        "Origin, not a url, 403"
    })
    void aChangeThatTheBrowserSaysComesFromElsewhereIsRefused(
            String header, String value, int status) {
        var browser = PEOPLE.browser(PEOPLE.user());

        var answer =
                browser.send(
                        "PATCH",
                        "/api/v1/me",
                        Map.of("displayName", "Me"),
                        browser.csrfToken(),
                        header,
                        value);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    }

    @Test
    void nobodyIsLoggedInFromAnotherSite() {
        var user = PEOPLE.user();
        var body = Map.of("email", user.email(), "password", People.PASSWORD);

        var answer =
                new Browser(BILLING)
                        .send(
                                "POST",
                                "/api/v1/session",
                                body,
                                null,
                                "Sec-Fetch-Site",
                                "cross-site");

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
    }

    @Test
    void aBadBearerTokenIsNotMadeGoodByACookie() {
        var browser = PEOPLE.browser(PEOPLE.user());

        var answer =
                browser.send("GET", "/api/v1/session", null, null, "Authorization", "Bearer x");

        assertThat(answer.statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "x", "../../etc/passwd", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    void aCookieOfAnyOtherShapeIsNobody(String cookie) {
        assertThat(isLoggedIn(new Browser(BILLING).withCookie(cookie))).isFalse();
    }

    @Test
    void changingThePasswordEndsTheOtherSessionsAndRotatesThisOne() {
        var user = PEOPLE.user();
        var browser = PEOPLE.browser(user);
        var other = PEOPLE.browser(user);
        var before = browser.cookie();

        var answer = change(browser, People.PASSWORD, NEXT);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
        assertThat(browser.cookie()).isNotEqualTo(before);
        assertThat(isLoggedIn(browser)).isTrue();
        assertThat(isLoggedIn(other)).isFalse();
        assertThat(logIn(new Browser(BILLING), user.email(), People.PASSWORD).statusCode())
                .isEqualTo(401);
        assertThat(logIn(new Browser(BILLING), user.email(), NEXT).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "wrong horse battery, another horse battery, current",
        "correct horse battery, short, password",
        "correct horse battery, correct horse battery, password",
        ", another horse battery, current",
        "correct horse battery, , password"
    })
    void aPasswordThatMayNotBeChangedStays(
            @Nullable String current, @Nullable String next, String field) {
        var user = PEOPLE.user();
        var answer = change(PEOPLE.browser(user), current, next);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(RunningBilling.json(answer).get("field").asString()).isEqualTo(field);
        assertThat(isLoggedIn(PEOPLE.browser(user))).isTrue();
    }

    @Test
    void whoMustChangeThePasswordMayDoNothingElse() {
        var user = PEOPLE.user(one -> People.given(one, 600));
        var browser = PEOPLE.browser(user);

        assertThat(browser.get("/api/v1/me/sessions").body()).contains("password-must-change");
        assertThat(browser.get("/api/v1/session").statusCode()).isEqualTo(200);
        assertThat(change(browser, People.PASSWORD, NEXT).statusCode()).isEqualTo(204);
        assertThat(browser.reload().get("/api/v1/me/sessions").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"displayName\": \"x\", \"administrator\": true}",
                "{\"displayName\": \"x\", \"state\": \"ACTIVE\"}",
                "{\"displayName\": \"x\", \"id\": \"1\"}",
                "{\"displayName\": \"x\", \"passwordHash\": \"y\"}"
            })
    void nobodyMakesThemselvesMoreThanTheyAre(String body) {
        var user = PEOPLE.user();
        var answer = PEOPLE.browser(user).patch("/api/v1/me", body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(reread(user).administrator()).isFalse();
        assertThat(reread(user).displayName()).isEqualTo("Some Body");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u200bb", "x\r\nSet-Cookie: a=b", "\u202etxt", " "})
    void aNameThatNobodyCanReadIsRefused(String name) {
        var answer = PEOPLE.browser(PEOPLE.user()).patch("/api/v1/me", Map.of("displayName", name));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(RunningBilling.json(answer).get("field").asString()).isEqualTo("displayName");
    }

    @Test
    void logInsAndChangesAreInTheAuditLog() {
        var user = PEOPLE.user();
        change(PEOPLE.browser(user), People.PASSWORD, NEXT);

        var lines = BILLING.get("/api/v1/audit?actor=" + user.actor()).body();

        assertThat(lines).contains("session.opened", "user.password-changed");
        assertThat(lines).doesNotContain(user.email(), "horse");
    }

    private static HttpResponse<String> change(
            Browser browser, @Nullable String current, @Nullable String next) {
        var body = "{\"current\": %s, \"password\": %s}".formatted(quoted(current), quoted(next));
        return browser.put("/api/v1/me/password", body);
    }

    private static String quoted(@Nullable String text) {
        return text == null ? "null" : "\"" + text + "\"";
    }

    private static HttpResponse<String> logIn(Browser browser, String email, String password) {
        return browser.post("/api/v1/session", Map.of("email", email, "password", password));
    }

    private static boolean isLoggedIn(Browser browser) {
        return browser.get("/api/v1/session").statusCode() == 200;
    }

    private static String session(Browser browser) {
        for (var item : RunningBilling.json(browser.get("/api/v1/me/sessions")).get("items")) {
            if (item.get("current").asBoolean()) {
                return item.get("id").asString();
            }
        }
        throw new AssertionError("this browser has no session");
    }

    private static User reread(User user) {
        return BILLING.get(Users.class).findById(user.id()).orElseThrow();
    }
}
