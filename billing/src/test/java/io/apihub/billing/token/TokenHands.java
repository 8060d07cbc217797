package io.apihub.billing.token;

import io.apihub.billing.access.Caller;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.user.User;
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
