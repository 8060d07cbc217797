package io.apihub.billing.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Role;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.settings.Oidc;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.TestSettings;
import io.apihub.billing.user.Memberships;
import io.apihub.billing.user.User;
import io.apihub.billing.user.Users;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logging in at a real provider that we did not write. */
class OidcIT {

    private static final String BEGIN = "/api/v1/session/oidc";
    private static final String SECRET = "hub's secret: it has 43 & more characters?";

    private static TestDatabase database;
    private static OpenIdProvider provider;
    private static RunningBilling billing;
    private static People people;
    private static UUID acme;
    private static UUID solo;

    private final String subject = "s-" + UUID.randomUUID();
    private final String email = subject + "@example.com";
    private final Browser browser;

    OidcIT() {
        browser = new Browser(billing);
    }

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        provider = new OpenIdProvider(TestSettings.PORTAL + OidcFlow.CALLBACK, SECRET);
        billing =
                RunningBilling.with(
                        TestSettings.with(
                                TestSettings.of(database),
                                new Oidc(
                                        provider.issuer(),
                                        "hub",
                                        SECRET,
                                        List.of("openid", "email", "profile", "groups"),
                                        "groups",
                                        Set.of("hub-admins"),
                                        List.of(
                                                new Oidc.GroupRole("staff", "acme", "VIEWER"),
                                                new Oidc.GroupRole("devs", "acme", "DEVELOPER"),
                                                new Oidc.GroupRole("owners", "solo", "OWNER"),
                                                new Oidc.GroupRole("staff", "solo", "VIEWER"),
                                                new Oidc.GroupRole("staff", "no-such", "OWNER")),
                                        Set.of("example.com"),
                                        true,
                                        Set.of(),
                                        true)),
                        more -> {});
        people = new People(billing);
        acme = database.registry().tenant("acme");
        solo = database.registry().tenant("solo");
    }

    @AfterAll
    static void stop() {
        billing.close();
        provider.close();
    }

    @BeforeEach
    void nobodyTriedBefore() {
        database.admin().update("DELETE FROM billing.throttle");
    }

    private void account(Map<String, Object> other) {
        var claims =
                new HashMap<String, Object>(
                        Map.of("email", email, "email_verified", true, "name", "Jo\u200b Doe"));
        claims.putAll(other);
        provider.account(subject, claims);
    }

    private HttpResponse<String> begin(Browser with, String next) {
        return with.get(BEGIN + "?next=" + URLEncoder.encode(next, StandardCharsets.UTF_8));
    }

    private URI there(Browser with, String next) {
        var begun = begin(with, next);
        assertThat(begun.statusCode()).as(begun.body()).isEqualTo(303);
        return provider.visit(URI.create(location(begun)));
    }

    private static HttpResponse<String> back(Browser with, URI callback) {
        assertThat(callback.toString()).startsWith(TestSettings.PORTAL + OidcFlow.CALLBACK + "?");
        return with.get(callback.getRawPath() + "?" + callback.getRawQuery());
    }

    /** All of it; where the browser ends. */
    private String logIn(Browser with) {
        var answer = back(with, there(with, "/usage?by=day#now"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(303);
        return location(answer);
    }

    private static String location(HttpResponse<String> answer) {
        return answer.headers().firstValue("Location").orElse(answer.body());
    }

    private User user() {
        return billing.get(Users.class).findByEmailKey(email).orElseThrow();
    }

    private String refusal(Browser with) {
        var where = logIn(with);
        assertThat(where).startsWith("/log-in#oidc=");
        assertThat(with.get("/api/v1/session").statusCode()).as("logged in").isEqualTo(401);
        return where.substring("/log-in#oidc=".length());
    }

    @Test
    void whoComesFirstGetsAnAccountAndFindsItAgain() {
        account(Map.of());

        assertThat(logIn(browser)).isEqualTo("/usage?by=day#now");

        var session = browser.get("/api/v1/session");
        assertThat(session.body()).contains(email, "\"emailVerified\":true");
        assertThat(user().passwordHash()).isEmpty();
        assertThat(user().displayName()).as("an invisible name is none").isEqualTo(subject);
        var id = user().id();
        account(Map.of("email", "new-" + email));
        assertThat(logIn(new Browser(billing))).isEqualTo("/usage?by=day#now");
        assertThat(user().id()).isEqualTo(id);
        assertThat(actions()).contains("user.registered", "user.identity-linked", "session.opened");
    }

    @Test
    void anAccountWhoseAddressBothSidesHaveProvenIsLinked() {
        var own = people.user();
        account(Map.of("email", own.email()));
        assertThat(refusal(browser)).isEqualTo("account-not-verified");

        database.admin()
                .update(
                        "UPDATE billing.app_user SET email_verified_at = now() WHERE user_id = ?",
                        own.id());
        logIn(browser);

        assertThat(browser.get("/api/v1/me").body()).contains(own.id().toString());
        provider.account("x" + subject, Map.of("email", own.email(), "email_verified", true));
        assertThat(refusal(new Browser(billing))).isEqualTo("account-not-verified");
    }

    @Test
    void onlyProvenAddressesOfTheDomainsGetIn() {
        account(Map.of("email_verified", false));
        assertThat(refusal(browser)).isEqualTo("email-not-verified");
        account(Map.of("email_verified", "true"));
        assertThat(refusal(browser)).isEqualTo("email-not-verified");
        account(Map.of("email", "a@elsewhere.example"));
        assertThat(refusal(browser)).isEqualTo("domain-not-allowed");
        account(Map.of());
        logIn(browser);
        var user = user();
        user.disable();
        billing.get(Users.class).save(user);
        assertThat(refusal(new Browser(billing))).isEqualTo("disabled");
    }

    @Test
    void groupsGiveAndTakeWhatTheyGave() {
        account(Map.of("groups", List.of("staff", "devs", "hub-admins")));
        logIn(browser);
        assertThat(role()).isEqualTo("DEVELOPER");
        assertThat(browser.get("/api/v1/session").body()).contains("\"administrator\":true");

        account(Map.of("groups", "staff"));
        logIn(browser);
        assertThat(role()).isEqualTo("VIEWER");
        assertThat(user().administrator()).isFalse();

        account(Map.of());
        logIn(browser);
        assertThat(role()).isEqualTo("none");
        assertThat(actions())
                .contains("user.administrator-made", "user.administrator-ended", "member.removed");
    }

    @Test
    void whatWasGivenByHandStays() {
        account(Map.of());
        logIn(browser);
        people.member(user(), acme, Role.OWNER);
        var user = user();
        user.makeAdministrator(true);
        billing.get(Users.class).save(user);

        account(Map.of("groups", List.of("staff")));
        logIn(browser);

        assertThat(role()).isEqualTo("OWNER");
        assertThat(user().administrator()).isTrue();
    }

    @Test
    void whoLeavesAGroupStaysTheLastOwnerUntilThereIsAnother() {
        account(Map.of("groups", List.of("owners")));
        logIn(browser);
        for (var fewer : List.of(List.of("staff"), List.<String>of())) {
            account(Map.of("groups", fewer));
            logIn(browser);
            assertThat(inSolo()).isEqualTo(Role.OWNER);
        }

        people.member(people.user(), solo, Role.OWNER);
        account(Map.of("groups", List.of("staff")));
        logIn(browser);
        assertThat(inSolo()).isEqualTo(Role.VIEWER);
        account(Map.of());
        logIn(browser);
        assertThat(inSolo()).isNull();
    }

    private @Nullable Role inSolo() {
        return billing.get(Memberships.class).of(user().id()).get(solo);
    }

    @Test
    void anAnswerIsGoodOnceAndInItsOwnBrowser() {
        account(Map.of());
        var callback = there(browser, "/");

        assertThat(location(back(new Browser(billing), callback)))
                .isEqualTo("/log-in#oidc=expired");
        var other = new Browser(billing);
        begin(other, "/");
        assertThat(location(back(other, callback))).isEqualTo("/log-in#oidc=expired");

        assertThat(location(back(browser, callback))).isEqualTo("/");
        assertThat(location(back(browser, callback))).isEqualTo("/log-in#oidc=expired");
    }

    @Test
    void anAnswerOfAnotherProviderIsRefused() {
        account(Map.of());
        var callback = there(browser, "/").toString();

        var mixedUp = callback.replaceAll("iss=[^&]+", "iss=https%3A%2F%2Felsewhere.example");
        assertThat(mixedUp).isNotEqualTo(callback);
        assertThat(location(back(browser, URI.create(mixedUp)))).isEqualTo("/log-in#oidc=provider");
        begin(browser, "/");
        assertThat(location(browser.get(OidcFlow.CALLBACK + "?error=access_denied&code=x")))
                .isEqualTo("/log-in#oidc=expired");
    }

    @Test
    void whoHasASecondFactorHereIsAskedForIt() {
        account(Map.of());
        logIn(browser);
        database.admin()
                .update(
                        "INSERT INTO billing.second_factor (user_id, secret, created_at,"
                                + " confirmed_at) VALUES (?, '\\x00', now(), now())",
                        user().id());
        var fresh = new Browser(billing);

        assertThat(logIn(fresh))
                .isEqualTo("/log-in#step=second-factor&next=%2Fusage%3Fby%3Dday%23now");

        assertThat(fresh.cookie()).isNull();
        assertThat(fresh.post("/api/v1/session/second-factor", Map.of("code", "1")).statusCode())
                .as("a code is waited for")
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//evil.example",
                "/\\evil.example",
                "https://evil.example",
                "javascript:alert(1)",
                "evil",
                "/a\r\nSet-Cookie: x=y",
                "/a b",
                "/\t/evil.example",
                "/usage\\..\\",
                "/ü"
            })
    void nobodyIsSentElsewhereAfterwards(String next) {
        var answer = begin(browser, next);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(RunningBilling.json(answer).get("field").asString()).isEqualTo("next");
    }

    @Test
    void theProviderIsAskedWithAllThatGuardsTheAnswer() {
        var answer = begin(browser, "/");

        assertThat(location(answer))
                .contains("code_challenge_method=S256", "response_type=code", "client_id=hub")
                .containsPattern("[?&]state=[\\w-]{43}(&|$)")
                .containsPattern("[?&]nonce=[\\w-]{43}(&|$)")
                .doesNotContain(URLEncoder.encode(SECRET, StandardCharsets.UTF_8));
        assertThat(answer.headers().allValues("Set-Cookie"))
                .singleElement()
                .asString()
                .startsWith("__Host-apihub-oidc=")
                .contains("HttpOnly", "Secure", "SameSite=Lax", "Max-Age=600");
        assertThat(browser.get("/api/v1/session/ways").body()).contains("\"oidc\":true");
    }

    private String role() {
        return database
                .admin()
                .queryForList(
                        "SELECT role FROM billing.member WHERE user_id = ? AND tenant_id = ?",
                        String.class,
                        user().id(),
                        acme)
                .stream()
                .map(String::valueOf)
                .findFirst()
                .orElse("none");
    }

    private List<String> actions() {
        return database
                .admin()
                .queryForList(
                        "SELECT action FROM billing.audit WHERE actor = ?",
                        String.class,
                        user().actor())
                .stream()
                .map(String::valueOf)
                .toList();
    }
}
