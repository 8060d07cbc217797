package io.apihub.billing.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.billing.access.Role;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.MemberRows;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.RunningBilling;
import io.jsonwebtoken.Jwts;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Credentials of programs: what they get, what they may, and that revoking ends it at once. */
class TokensIT {

    private static final TestDatabase DATABASE = RunningBilling.sharedDatabase();
    private static final RunningBilling BILLING = RunningBilling.shared();
    private static final Browser ADMINISTRATOR =
            new People(BILLING)
                    .browser(new People(BILLING).user(user -> user.makeAdministrator(true)));
    private static final String EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
    private static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

    private final MemberRows people = new MemberRows(DATABASE);
    private final TokenHands hands = new TokenHands(BILLING);
    private final String name = "t-" + UUID.randomUUID();
    private final UUID tenant = DATABASE.registry().tenant(name);
    private final UUID owner = people.member(tenant, Role.OWNER);

    @Test
    void aPersonalTokenIsShownOnceAndWorksUntilItIsRevoked() {
        var made = hands.made(owner, false, "read");
        var token = Objects.requireNonNull(made.token());

        assertThat(token).matches("apihub_pat_[0-9A-Za-z]{65}");
        assertThat(balance(token).statusCode()).isEqualTo(200);
        var list = call(token, "/api/v1/me/tokens");
        assertThat(list.body()).doesNotContain(token).contains(made.details().id());
        assertThat(json(list).get("items").get(0).get("lastUsedAt").asString()).isNotBlank();

        BILLING.get(PersonalTokenController.class)
                .revoke(
                        UUID.fromString(made.details().id()),
                        null,
                        TokenHands.session(owner, false));

        assertThat(balance(token).statusCode()).isEqualTo(401);
    }

    @Test
    void onlyADigestIsStored() {
        var token = hands.personal(owner, "read");
        var rows = DATABASE.admin().queryForList("SELECT c::text FROM billing.credential c");

        assertThat(rows.toString()).doesNotContain(token.substring(30));
    }

    @Test
    void aJwtFromAPersonalTokenEndsWithIt() {
        var made = hands.made(owner, false, "read", "write");
        var jwt = jwt(exchange(Objects.requireNonNull(made.token()), null));
        assertThat(balance(jwt).statusCode()).isEqualTo(200);

        BILLING.get(PersonalTokenController.class)
                .revoke(
                        UUID.fromString(made.details().id()),
                        null,
                        TokenHands.session(owner, false));

        assertThat(balance(jwt).statusCode()).as("at once, though not expired").isEqualTo(401);
        assertThat(exchange(Objects.requireNonNull(made.token()), null).statusCode())
                .isEqualTo(400);
    }

    @Test
    void whoIsRemovedOrDisabledIsOutAtOnce() {
        var token = hands.personal(owner, "read");
        var jwt = jwt(exchange(token, null));

        people.leave(tenant, owner);
        assertThat(balance(token).statusCode()).as("as if the tenant did not exist").isEqualTo(404);
        assertThat(balance(jwt).statusCode()).isEqualTo(404);
        people.disable(owner);
        assertThat(balance(token).statusCode()).isEqualTo(401);
        assertThat(balance(jwt).statusCode()).isEqualTo(401);
    }

    @Test
    void aTokenMayLessThanItsOwner() {
        people.administrator(owner);
        var reading = hands.personal(owner, "read");
        var administering = hands.personal(owner, "read", "write", "admin");

        assertThat(call(reading, "/api/v1/usage").statusCode()).isEqualTo(403);
        assertThat(call(administering, "/api/v1/usage").statusCode()).isEqualTo(200);
        var less = jwt(exchange(administering, "read"));
        assertThat(call(less, "/api/v1/usage").statusCode()).isEqualTo(403);
        assertThat(exchange(reading, "read write").body()).contains("invalid_scope");
    }

    @Test
    void theTokenFileOpensNothingThatOutlivesIt() {
        var tenantPath = "/api/v1/tenants/" + name;
        var role = "\"role\": \"OWNER\"";
        var tries =
                Map.of(
                        "POST " + tenantPath + "/clients",
                        "{\"name\": \"ci\", " + role + ", \"scopes\": [\"read\"]}",
                        "POST " + tenantPath + "/invitations",
                        "{" + role + "}",
                        "POST " + tenantPath + "/members",
                        "{\"email\": \"" + owner + "@example.com\", " + role + "}",
                        "PATCH " + tenantPath + "/members/" + owner,
                        "{" + role + "}",
                        "PATCH /api/v1/users/" + owner,
                        "{\"administrator\": true}");
        tries.forEach((operation, body) -> {
            var words = operation.split(" ", -1);
            var response =
                    BILLING.send(
                            authorized(BILLING.token(), words[1])
                                    .header("Content-Type", "application/json")
                                    .method(words[0], BodyPublishers.ofString(body)));
            assertThat(response.statusCode()).as(operation).isEqualTo(403);
            assertThat(response.body()).as(operation).contains("urn:apihub:problem:scope-missing");
        });
        assertThat(call(BILLING.token(), tenantPath + "/clients").body())
                .isEqualTo("{\"items\":[]}");
    }

    @Test
    void noTokenMakesOrEndsTokens() {
        var token = hands.personal(owner, "read", "write");
        var jwt = jwt(exchange(token, null));

        for (var bearer : List.of(token, jwt)) {
            var response =
                    BILLING.send(
                            BILLING.request("/api/v1/me/tokens")
                                    .header("Authorization", "Bearer " + bearer)
                                    .header("Content-Type", "application/json")
                                    .POST(BodyPublishers.ofString("{\"name\": \"x\"}")));
            assertThat(response.statusCode()).isEqualTo(403);
            assertThat(response.body()).contains("urn:apihub:problem:scope-missing");
            assertThat(response.headers().firstValue("WWW-Authenticate").orElse(""))
                    .contains("insufficient_scope");
        }
    }

    @Test
    void aPersonalTokenExpiresAndSaysSoWhenItIsMade() {
        var controller = BILLING.get(PersonalTokenController.class);
        var session = TokenHands.session(owner, false);
        var tooLate = Instant.now().plus(Duration.ofDays(400)).toString();
        for (var expiry : new @Nullable String[] {null, tooLate, "2020-01-01T00:00:00Z", "soon"}) {
            var wanted = new PersonalTokenController.NewPersonalToken("x", List.of("read"), expiry);
            assertThatThrownBy(() -> controller.create(null, wanted, session))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused ->
                                    assertThat(refused.problem().field()).isEqualTo("expiresAt"));
        }
        var token = hands.personal(owner, "read");
        DATABASE.admin().update("UPDATE billing.credential SET expires_at = now()");
        assertThat(balance(token).statusCode()).isEqualTo(401);
    }

    @Test
    void aClientOfATenantHasItsRoleThereAndNothingElsewhere() {
        var client = client("VIEWER", "read");
        var jwt = jwt(credentials(client));

        assertThat(balance(jwt).statusCode()).isEqualTo(200);
        assertThat(call(jwt, "/api/v1/tenants/" + name + "/clients").statusCode()).isEqualTo(403);
        var other = "t-" + UUID.randomUUID();
        DATABASE.registry().tenant(other);
        assertThat(call(jwt, "/api/v1/tenants/" + other + "/balance").statusCode()).isEqualTo(404);
        assertThat(call(jwt, "/api/v1/usage").statusCode()).isEqualTo(403);
        assertThat(call(jwt, "/api/v1/me/tokens").body()).contains("urn:apihub:problem:no-user");
    }

    @Test
    void aClientsTokenIsAJwtByRfc9068AndShort() {
        var client = client("DEVELOPER", "read", "write");
        var answer = credentials(client);
        var parts = jwt(answer).split("\\.", -1);
        var header = decoded(parts[0]);
        var claims = decoded(parts[1]);

        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(json(answer).get("expires_in").asInt()).isEqualTo(600);
        assertThat(header).contains("\"typ\":\"at+jwt\"").contains("\"alg\":\"EdDSA\"");
        assertThat(claims)
                .contains("\"aud\":", "apihub", "\"client_id\":", "\"jti\":", "\"iat\":")
                .contains("\"scope\":\"read write\"");
        var published = BILLING.send(BILLING.request("/.well-known/jwks.json")).body();
        assertThat(published).contains(header.replaceAll(".*\"kid\":\"([^\"]+)\".*", "$1"));
    }

    @Test
    void revokingAClientEndsItsTokensAtOnce() {
        var client = client("VIEWER", "read");
        var jwt = jwt(credentials(client));
        var path =
                "/api/v1/tenants/"
                        + name
                        + "/clients/"
                        + client.get("details").get("id").asString();

        assertThat(ADMINISTRATOR.delete(path).statusCode()).isEqualTo(204);

        assertThat(balance(jwt).statusCode()).isEqualTo(401);
        assertThat(credentials(client).statusCode()).isEqualTo(401);
        assertThat(ADMINISTRATOR.delete(path).statusCode())
                .as("a repeat changes nothing")
                .isEqualTo(204);
    }

    @Test
    void aClientsSecretIsNoBearerTokenAndAPersonalTokenNoClient() {
        var client = client("VIEWER", "read");
        var secret = client.get("clientSecret").asString();
        var token = hands.personal(owner, "read");

        assertThat(balance(secret).statusCode()).isEqualTo(401);
        assertThat(
                        form(Map.of(
                                        "grant_type",
                                        "client_credentials",
                                        "client_id",
                                        token.substring(11, 27),
                                        "client_secret",
                                        token))
                                .statusCode())
                .isEqualTo(401);
        assertThat(exchange(secret, null).statusCode()).isEqualTo(400);
    }

    @Test
    void anAdministratorsTokenIsNoAccessTokenAndTheOtherWayRound() {
        var administrators = BILLING.token();
        var jwt = jwt(exchange(hands.personal(owner, "read"), null));

        assertThat(BILLING.get(AccessTokens.class).check(administrators)).isEmpty();
        assertThat(BILLING.get(AccessTokens.class).check(jwt)).isPresent();
        var unsigned = Jwts.builder().subject("x").audience().add("apihub").and().compact();
        assertThat(balance(unsigned).statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "grant_type=password|unsupported_grant_type|400",
                "x=y|invalid_request|400",
                "grant_type=client_credentials|invalid_client|401",
                "grant_type=client_credentials&client_id=a&client_secret=b|invalid_client|401",
                "grant_type=client_credentials&grant_type=password|invalid_request|400",
                "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token=x|invalid_request|400"
            })
    void theTokenEndpointRefusesAsOAuthSays(String body, String error, int status) {
        var response = post(body, null);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(json(response).get("error").asString()).isEqualTo(error);
        if (status == 401) {
            assertThat(response.headers().firstValue("WWW-Authenticate").orElse(""))
                    .startsWith("Basic");
        }
    }

    @Test
    void basicIsTakenTooAndBothAtOnceAreNot() {
        var client = client("VIEWER", "read");
        var pair = client.get("clientId").asString() + ":" + client.get("clientSecret").asString();
        var basic =
                "Basic "
                        + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));

        assertThat(post("grant_type=client_credentials", basic).statusCode()).isEqualTo(200);
        assertThat(post("grant_type=client_credentials&client_secret=x", basic).body())
                .contains("invalid_request");
        assertThat(post("grant_type=client_credentials", "Basic !!!").statusCode()).isEqualTo(401);
    }

    private JsonNode client(String role, String... scopes) {
        var response =
                ADMINISTRATOR.post(
                        "/api/v1/tenants/" + name + "/clients",
                        Map.of("name", "ci", "role", role, "scopes", List.of(scopes)));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        return json(response);
    }

    private HttpResponse<String> credentials(JsonNode client) {
        return form(
                Map.of(
                        "grant_type", "client_credentials",
                        "client_id", client.get("clientId").asString(),
                        "client_secret", client.get("clientSecret").asString()));
    }

    private static HttpResponse<String> exchange(String token, @Nullable String scope) {
        return form(
                scope == null
                        ? Map.of(
                                "grant_type", EXCHANGE,
                                "subject_token", token,
                                "subject_token_type", ACCESS_TOKEN)
                        : Map.of(
                                "grant_type", EXCHANGE,
                                "subject_token", token,
                                "subject_token_type", ACCESS_TOKEN,
                                "scope", scope));
    }

    private static HttpResponse<String> form(Map<String, String> fields) {
        return post(
                fields.entrySet().stream()
                        .map(field ->
                                field.getKey()
                                        + "="
                                        + URLEncoder.encode(
                                                field.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&")),
                null);
    }

    private static HttpResponse<String> post(String body, @Nullable String authorization) {
        var request =
                BILLING.request("/api/v1/token")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(body));
        return BILLING.send(
                authorization == null ? request : request.header("Authorization", authorization));
    }

    private static String jwt(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response).get("access_token").asString();
    }

    private HttpResponse<String> balance(String token) {
        return call(token, "/api/v1/tenants/" + name + "/balance");
    }

    private static HttpResponse<String> call(String token, String path) {
        return BILLING.send(authorized(token, path));
    }

    private static HttpRequest.Builder authorized(String token, String path) {
        return BILLING.request(path).header("Authorization", "Bearer " + token);
    }

    private static JsonNode json(HttpResponse<String> response) {
        return RunningBilling.json(response);
    }

    private static String decoded(String part) {
        return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    }
}
