package io.apihub.billing.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Role;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.TestSettings;
import io.apihub.billing.user.Memberships;
import io.apihub.billing.user.User;
import io.apihub.billing.user.UserState;
import io.apihub.billing.user.Users;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Streams end with what let their reader in, without anybody's help, and no others end. */
class EndedStreamsIT {

    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
    private static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
    private static final Later LATER = new Later();
    private static TestDatabase database;
    private static RunningBilling billing;

    private final People people;
    private final String name = "t-" + UUID.randomUUID();
    private final UUID tenant;
    private final String events = "/api/v1/tenants/" + name + "/events";
    private final User user;
    private final Browser browser;
    private final List<OpenStream> others = new ArrayList<>();

    EndedStreamsIT() {
        people = new People(billing);
        tenant = database.registry().tenant(name);
        user = people.user();
        browser = people.browser(user);
    }

    /** A clock that goes ahead. */
    private static final class Later implements InstantSource {
        private volatile Duration ahead = Duration.ZERO;

        void by(Duration duration) {
            ahead = duration;
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }
    }

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        billing =
                RunningBilling.with(
                        TestSettings.of(database),
                        beans ->
                                beans.registerBean(
                                        "later",
                                        InstantSource.class,
                                        () -> LATER,
                                        bean -> bean.setPrimary(true)));
    }

    @BeforeEach
    void somebodyElseReads() {
        people.member(user, tenant, Role.OWNER);
        var other = people.user();
        people.member(other, tenant, Role.VIEWER);
        others.add(stream(people.browser(other)));
        others.add(OpenStream.of(billing, events, "Authorization", "Bearer " + billing.token()));
    }

    /** What ends one reader's stream leaves the others alone: they still hear what happens. */
    @AfterEach
    void othersGoOn() {
        LATER.by(Duration.ZERO);
        var grant =
                billing.post(
                        "/api/v1/tenants/" + name + "/grants",
                        UUID.randomUUID().toString(),
                        "{\"amount\": \"7.25\", \"reason\": \"trial\"}");
        assertThat(grant.statusCode()).isEqualTo(201);
        for (var other : others) {
            Poll.until(DEADLINE, () -> other.text().contains("\"balance\":\"7.25\""));
            assertThat(other.hasEnded()).isFalse();
            other.close();
        }
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    private OpenStream stream(Browser reader) {
        return OpenStream.of(billing, events, "Cookie", Browser.COOKIE + "=" + reader.cookie());
    }

    private OpenStream stream(String token) {
        return OpenStream.of(billing, events, "Authorization", "Bearer " + token);
    }

    private static void assertEnd(OpenStream... streams) {
        // Billing looks by itself once in a second: an administrator's test waits for it.
        billing.get(EventStreams.class).look();
        assertEndByItself(streams);
    }

    private static void assertEndByItself(OpenStream... streams) {
        for (var stream : streams) {
            Poll.until(DEADLINE, stream::hasEnded);
            stream.close();
        }
    }

    private JsonNode made(String path, Map<String, Object> body) {
        var answer = browser.post(path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return RunningBilling.json(answer);
    }

    private JsonNode personalToken() {
        var expiry = Instant.now().plus(Duration.ofDays(30)).toString();
        return made(
                "/api/v1/me/tokens",
                Map.of("name", "laptop", "scopes", List.of("read"), "expiresAt", expiry));
    }

    private static String jwt(Map<String, String> form) {
        var body =
                String.join(
                        "&",
                        form.entrySet().stream()
                                .map(field ->
                                        field.getKey()
                                                + "="
                                                + URLEncoder.encode(
                                                        field.getValue(), StandardCharsets.UTF_8))
                                .toList());
        var answer =
                billing.send(
                        billing.request("/api/v1/token")
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(BodyPublishers.ofString(body)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return RunningBilling.json(answer).get("access_token").asString();
    }

    private static String exchanged(String token) {
        return jwt(
                Map.of(
                        "grant_type", EXCHANGE,
                        "subject_token", token,
                        "subject_token_type", ACCESS_TOKEN));
    }

    @Test
    void loggingOutEverywhereEndsTheStreamsOfAllSessions() {
        var here = stream(browser);
        var there = stream(people.browser(user));

        assertThat(browser.delete("/api/v1/me/sessions").statusCode()).isEqualTo(204);

        assertEnd(here, there);
    }

    @Test
    void loggingOutEndsTheStreamsOfThisSessionAlone() {
        var here = stream(browser);
        others.add(stream(people.browser(user)));

        assertThat(browser.delete("/api/v1/session").statusCode()).isEqualTo(204);

        assertEnd(here);
    }

    @Test
    void aRevokedTokenEndsItsStreamsAndThoseOfItsJwts() {
        var token = personalToken();
        var secret = token.get("token").asString();
        var direct = stream(secret);
        var exchanged = stream(exchanged(secret));
        others.add(stream(browser));

        var id = token.get("details").get("id").asString();
        assertThat(browser.delete("/api/v1/me/tokens/" + id).statusCode()).isEqualTo(204);

        assertEnd(direct, exchanged);
    }

    @Test
    void aRevokedClientEndsItsStreams() {
        var client =
                made(
                        "/api/v1/tenants/" + name + "/clients",
                        Map.of("name", "ci", "role", "VIEWER", "scopes", List.of("read")));
        var stream =
                stream(
                        jwt(
                                Map.of(
                                        "grant_type", "client_credentials",
                                        "client_id", client.get("clientId").asString(),
                                        "client_secret", client.get("clientSecret").asString())));

        var id = client.get("details").get("id").asString();
        assertThat(browser.delete("/api/v1/tenants/" + name + "/clients/" + id).statusCode())
                .isEqualTo(204);

        assertEnd(stream);
    }

    @Test
    void anExpiredJwtEndsItsStreamsAndTheTokenItCameFromGoesOn() {
        var secret = personalToken().get("token").asString();
        var exchanged = stream(exchanged(secret));
        others.add(stream(secret));

        LATER.by(Duration.ofMinutes(11));

        assertEnd(exchanged);
    }

    @Test
    void theEndOfAMembershipEndsTheStreamsOfWhateverKind() {
        var streams =
                Stream.of(stream(browser), stream(personalToken().get("token").asString()), order())
                        .toArray(OpenStream[]::new);

        billing.get(Memberships.class).remove(tenant, user.id());

        assertEnd(streams);
    }

    @Test
    void aDisabledUsersStreamsEnd() {
        var streams = new OpenStream[] {stream(browser), order()};

        database.admin()
                .update(
                        "UPDATE billing.app_user SET state = ? WHERE user_id = ?",
                        UserState.DISABLED.name(),
                        user.id());

        assertEnd(streams);
    }

    /** Of an administrator who is no member, and then none of either. */
    @Test
    void anAdministratorsStreamEndsWithTheOffice() {
        var administrator = people.user(one -> one.makeAdministrator(true));
        var stream = stream(people.browser(administrator));

        var again = billing.get(Users.class).findById(administrator.id()).orElseThrow();
        again.makeAdministrator(false);
        billing.get(Users.class).save(again);

        assertEndByItself(stream);
    }

    private OpenStream order() {
        var order = UUID.randomUUID();
        database.admin()
                .update(
                        "INSERT INTO billing.payment_order (order_id, tenant_id, actor, provider,"
                                + " type, credit_micros, bonus_micros, pay_amount, pay_currency,"
                                + " rate, fee_percent, expires_at) VALUES (?, ?, 'user/x', 'epay',"
                                + " 'alipay', 1, 0, 1, 'CNY', 1, 0, now() + interval '1 hour')",
                        order,
                        tenant);
        return OpenStream.of(
                billing,
                "/api/v1/tenants/" + name + "/orders/" + order + "/events",
                "Cookie",
                Browser.COOKIE + "=" + browser.cookie());
    }
}
