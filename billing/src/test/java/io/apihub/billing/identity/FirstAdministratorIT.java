package io.apihub.billing.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.settings.Identity;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.testing.TestSettings;
import io.apihub.billing.token.TokenHands;
import io.apihub.billing.user.EmailAddress;
import io.apihub.billing.user.Passwords;
import io.apihub.billing.user.User;
import io.apihub.billing.user.Users;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;

/** Who may do everything on the first day, and nobody else. */
class FirstAdministratorIT {

    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String EMAIL = "root@example.com";
    private static final String CHOSEN = "another horse battery";

    private final TestDatabase database = TestDatabase.create();
    private final Settings settings = TestSettings.of(database);
    private final Path file = settings.identity().firstAdministrator().passwordFile();

    private RunningBilling billing(@Nullable String email, @Nullable String hash) {
        return RunningBilling.with(
                TestSettings.with(
                        settings,
                        identity ->
                                new Identity(
                                        identity.registration(),
                                        identity.sessions(),
                                        identity.publicUrl(),
                                        identity.trustedProxies(),
                                        identity.secretsKeyFile(),
                                        new Identity.FirstAdministrator(email, hash, file))),
                beans -> {});
    }

    private static HttpResponse<String> logIn(Browser browser, String password) {
        return browser.post("/api/v1/session", Map.of("email", EMAIL, "password", password));
    }

    private long administrators() {
        return Objects.requireNonNull(
                database.admin()
                        .queryForObject(
                                "SELECT count(*) FROM billing.app_user WHERE administrator",
                                Long.class));
    }

    @Test
    void aOneTimePasswordIsInAPrivateFileOnceAndMustBeChanged() throws IOException {
        try (var billing = billing(EMAIL, null)) {
            Poll.until(DEADLINE, () -> administrators() == 1);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            var first = Files.readString(file).strip();
            assertThat(first).hasSizeGreaterThanOrEqualTo(32);
            var renewal = billing.get(FirstAdministrator.class);
            renewal.renew();
            assertThat(Files.readString(file).strip()).as("it is good still").isEqualTo(first);
            assertThat(
                            database.admin()
                                    .update(
                                            "UPDATE billing.app_user SET password_ends_at = now()"
                                                    + " WHERE password_ends_at > now() + interval '23 hours'"))
                    .as("good for a day")
                    .isEqualTo(1);
            renewal.renew();
            var password = Files.readString(file).strip();
            assertThat(password).as("another one each day").isNotEqualTo(first);
            assertThat(logIn(new Browser(billing), first).statusCode()).isEqualTo(401);

            var browser = new Browser(billing).logIn(EMAIL, password);
            assertThat(browser.get("/api/v1/users").body()).contains("password-must-change");
            var wish = Map.of("current", password, "password", CHOSEN);
            assertThat(browser.put("/api/v1/me/password", wish).statusCode()).isEqualTo(204);
            assertThat(browser.reload().get("/api/v1/users").statusCode()).isEqualTo(200);
            assertThat(logIn(new Browser(billing), password).statusCode()).isEqualTo(401);
            assertThat(file).as("it opens nothing any more").doesNotExist();
        }
        // As if the process had died right after the change.
        Files.writeString(file, "old");

        try (var again = billing(EMAIL, null)) {
            assertThat(logIn(new Browser(again), CHOSEN).statusCode()).isEqualTo(200);
            Poll.until(DEADLINE, () -> !Files.exists(file));
            assertThat(administrators()).isEqualTo(1);
        }
    }

    /**
     * There is none by default, and who is configured with a password has it in no file. Whoever
     * registered the address before keeps nothing that would make an administrator.
     */
    @Test
    void nobodyIsOneByDefaultAndNothingOfASquatterMakesOne() {
        String cookie;
        String token;
        try (var before = billing(null, null)) {
            assertNobodyIsAdministratorByDefault(before);
            var squatter = User.active(EmailAddress.of("email", EMAIL), "Me", Instant.now());
            squatter.choosePassword(before.get(Passwords.class).hash("squatters horse"));
            before.get(Users.class).save(squatter);
            cookie = new Browser(before).logIn(EMAIL, "squatters horse").cookie();
            token = new TokenHands(before).personal(squatter.id(), "read", "write");
            var rows = database.admin();
            var id = squatter.id();
            rows.update(
                    "INSERT INTO billing.second_factor (user_id, secret, created_at, confirmed_at)"
                            + " VALUES (?, 'x', now(), now())",
                    id);
            rows.update("INSERT INTO billing.oidc_identity VALUES ('i', 's', ?, false, now())", id);
            rows.update(
                    "INSERT INTO billing.user_token VALUES (?, ?, 'RESET_PASSWORD', now(),"
                            + " now() + interval '1 hour')",
                    new byte[32],
                    id);
            rows.update("UPDATE billing.app_user SET state = 'DISABLED' WHERE user_id = ?", id);
        }

        var hash = new Argon2PasswordEncoder(16, 32, 1, 256, 1).encode(CHOSEN);
        try (var billing = billing(EMAIL, hash)) {
            Poll.until(DEADLINE, () -> administrators() == 1);

            var me = billing.request("/api/v1/me");
            assertThat(billing.send(me.copy().header("Cookie", Browser.COOKIE + "=" + cookie)))
                    .returns(401, HttpResponse::statusCode);
            assertThat(billing.send(me.copy().header("Authorization", "Bearer " + token)))
                    .returns(401, HttpResponse::statusCode);
            assertThat(logIn(new Browser(billing), "squatters horse").statusCode()).isEqualTo(401);
            // No second factor of theirs is asked for.
            var browser = new Browser(billing).logIn(EMAIL, CHOSEN);
            assertThat(browser.get("/api/v1/users").statusCode()).isEqualTo(200);
            assertThat(file).as("a configured password is in no file").doesNotExist();
            for (var table : List.of("oidc_identity", "user_token", "second_factor")) {
                assertThat(database.admin().queryForList("SELECT user_id FROM billing." + table))
                        .as(table)
                        .isEmpty();
            }
        }
    }

    private void assertNobodyIsAdministratorByDefault(RunningBilling billing) {
        for (var password : List.of("admin", "password", "apihub", CHOSEN)) {
            assertThat(logIn(new Browser(billing), password).statusCode()).isEqualTo(401);
        }
        assertThat(administrators()).isZero();
        assertThat(file).doesNotExist();
    }
}
