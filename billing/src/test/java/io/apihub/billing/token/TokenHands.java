package io.apihub.billing.token;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Role;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.user.User;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/** Makes personal access tokens as a user's session would. */
public final class TokenHands {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final RunningBilling billing;

    public TokenHands(RunningBilling billing) {
        this.billing = billing;
    }

    static Caller session(UUID user, boolean administrator) {
        return new Caller(User.actor(user), user, administrator, Map.of());
    }

    /** A token with scopes; {@code admin} is only for administrators. */
    public String personal(UUID user, String... scopes) {
        boolean administrator = List.of(scopes).contains("admin");
        return Objects.requireNonNull(made(user, administrator, scopes).token());
    }

    /** The JWT of a client that may do in a tenant all that clients may. */
    public String client(UUID tenant) {
        var people = new People(billing);
        var owner = people.user();
        people.member(owner, tenant, Role.OWNER);
        var wish = Map.of("name", "ci", "role", "OWNER", "scopes", List.of("read", "write"));
        var made =
                RunningBilling.json(
                        people.browser(owner).post("/api/v1/tenants/" + tenant + "/clients", wish));
        var form =
                "grant_type=client_credentials&client_id="
                        + made.get("clientId").asString()
                        + "&client_secret="
                        + made.get("clientSecret").asString();
        var answer =
                billing.send(
                        billing.request("/api/v1/token")
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(BodyPublishers.ofString(form)));
        return RunningBilling.json(answer).get("access_token").asString();
    }

    PersonalTokenController.CreatedPersonalToken made(
            UUID user, boolean administrator, String... scopes) {
        var answer =
                billing.get(PersonalTokenController.class)
                        .create(
                                null,
                                new PersonalTokenController.NewPersonalToken(
                                        "laptop",
                                        List.of(scopes),
                                        Instant.now().plus(Duration.ofDays(30)).toString()),
                                session(user, administrator));
        return JSON.readValue(answer.getBody(), PersonalTokenController.CreatedPersonalToken.class);
    }
}
