package io.apihub.billing.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.SecurityLog;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Browser;
import io.apihub.billing.testing.LogLines;
import io.apihub.billing.testing.People;
import io.apihub.billing.testing.RunningBilling;
import io.apihub.billing.user.User;
import io.apihub.billing.user.Users;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;

/** What log-in says and costs, whoever it is that tries; and that two billings count together. */
class LogInIT {

    private static final TestDatabase DATABASE = RunningBilling.sharedDatabase();
    private static final RunningBilling BILLING = RunningBilling.shared();
    private static final People PEOPLE = new People(BILLING);

    @BeforeEach
    void nobodyTriedBefore() {
        DATABASE.admin().update("DELETE FROM billing.throttle");
    }

    @Test
    void whateverIsWrongTheAnswerAndTheWorkAreTheSame() {
        var known = PEOPLE.user();
        var disabled = PEOPLE.user(User::disable);
        var over = PEOPLE.user(one -> People.given(one, 0));
        var elsewhere = PEOPLE.user();
        DATABASE.admin()
                .update(
                        "UPDATE billing.app_user SET password_hash = NULL WHERE user_id = ?",
                        elsewhere.id());
        var unknown = "nobody-" + UUID.randomUUID() + "@example.com";

        var wrong = answer(known.email(), "wrong horse battery");
        for (var email : List.of(unknown, disabled.email(), over.email(), elsewhere.email())) {
            long before = PEOPLE.hashes();
            var answer = answer(email, People.PASSWORD);

            assertThat(PEOPLE.hashes() - before).as("hashes for %s", email).isEqualTo(1);
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.body()).isEqualTo(wrong.body());
            assertThat(names(answer)).isEqualTo(names(wrong));
        }
    }

    @Test
    void unverifiedUsersAreToldSoOnlyWithTheRightPassword() {
        var user = PEOPLE.user();
        DATABASE.admin()
                .update(
                        "UPDATE billing.app_user SET state = 'UNVERIFIED' WHERE user_id = ?",
                        user.id());

        assertThat(answer(user.email(), "wrong horse battery").body())
                .contains("wrong-credentials");
        assertThat(answer(user.email(), People.PASSWORD).body()).contains("email-not-verified");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tooManyTriesAreRefusedWithoutWorkWhetherTheAccountExistsOrNot(boolean exists) {
        var email = exists ? PEOPLE.user().email() : "x-" + UUID.randomUUID() + "@example.com";
        for (int i = 0; i < 10; i++) {
            assertThat(answer(email, "wrong horse battery").statusCode()).isEqualTo(401);
        }
        long before = PEOPLE.hashes();

        var refused = answer(email, People.PASSWORD);

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).contains("too-many-requests").doesNotContain(email);
        assertThat(Long.parseLong(refused.headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(1L, 900L);
        assertThat(PEOPLE.hashes()).isEqualTo(before);
    }

    @Test
    void twoBillingsCountTogetherAndManyAtOnceGetNoMore() throws Exception {
        var email = PEOPLE.user().email();
        try (var second = RunningBilling.on(DATABASE);
                var executor = Executors.newFixedThreadPool(12)) {
            var tries = new ArrayList<Callable<Integer>>();
            for (int i = 0; i < 24; i++) {
                var billing = i % 2 == 0 ? BILLING : second;
                tries.add(() -> answer(billing, email, "wrong horse battery").statusCode());
            }
            int tried = 0;
            for (var done : executor.invokeAll(tries)) {
                int status = done.get();
                // A slow machine can't hash so many at once; that was a try all the same.
                assertThat(status).isIn(401, 429, 503);
                tried += status == 429 ? 0 : 1;
            }

            assertThat(tried).isEqualTo(10);
        }
    }

    @Test
    void whoIsNotLetInIsInTheLog() {
        var user = PEOPLE.user();
        try (var lines = LogLines.of(SecurityLog.class)) {
            answer(user.email(), "wrong horse battery");
            answer("nobody-" + user.email(), People.PASSWORD);
            new Browser(BILLING).post("/api/v1/session/second-factor", Map.of("code", "123456"));

            assertThat(lines.texts())
                    .containsSubsequence(
                            "refused LOG_IN of " + user.actor() + ": 127.0.0.1: wrong password",
                            "refused LOG_IN of nobody: 127.0.0.1: wrong password",
                            "refused LOG_IN of nobody: 127.0.0.1: second factor:"
                                    + " urn:apihub:problem:no-log-in-pending")
                    .noneMatch(line -> line.contains("horse") || line.contains("@"));
        }
    }

    @Test
    void theRightPasswordClearsTheCountOfItsPlace() {
        var email = PEOPLE.user().email();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 9; i++) {
                assertThat(answer(email, "wrong horse battery").statusCode()).isEqualTo(401);
            }
            assertThat(answer(email, People.PASSWORD).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aWindowFromTheFutureIsBegunAnew() {
        var email = PEOPLE.user().email();
        for (int i = 0; i < 11; i++) {
            answer(email, "wrong horse battery");
        }
        assertThat(answer(email, People.PASSWORD).statusCode()).isEqualTo(429);
        DATABASE.admin()
                .update(
                        "UPDATE billing.throttle SET window_start = now() + interval '1 day',"
                                + " window_end = now() + interval '2 days'");

        assertThat(answer(email, People.PASSWORD).statusCode()).isEqualTo(200);
    }

    @Test
    void nobodyBelievesAForwardedAddressThatNoTrustedProxySent() {
        var email = PEOPLE.user().email();
        int refused = 0;
        for (int i = 0; i < 12; i++) {
            var answer =
                    new Browser(BILLING)
                            .send(
                                    "POST",
                                    "/api/v1/session",
                                    Map.of("email", email, "password", "wrong"),
                                    null,
                                    "X-Forwarded-For",
                                    "10.0.0." + i);
            refused += answer.statusCode() == 429 ? 1 : 0;
        }

        assertThat(refused).isEqualTo(2);
        assertThat(
                        DATABASE.admin()
                                .queryForObject(
                                        "SELECT count(*) FROM billing.throttle", Long.class))
                .isEqualTo(3);
    }

    @Test
    void aPasswordWithAnOldHashGetsANewOne() {
        var weak = new Argon2PasswordEncoder(16, 32, 1, 64, 1).encode(People.PASSWORD);
        var user = PEOPLE.user(one -> one.rehash(String.valueOf(weak)));

        assertThat(answer(user.email(), People.PASSWORD).statusCode()).isEqualTo(200);

        assertThat(BILLING.get(Users.class).findById(user.id()).orElseThrow().passwordHash())
                .hasValueSatisfying(hash -> assertThat(hash).contains("m=256,t=1,p=1"));
        assertThat(answer(user.email(), People.PASSWORD).statusCode()).isEqualTo(200);
    }

    @Test
    void whoNeverProvedAnAddressIsForgottenAfterAWeek() {
        var late = PEOPLE.user();
        var fresh = PEOPLE.user();
        DATABASE.admin()
                .update(
                        "UPDATE billing.app_user SET state = 'UNVERIFIED'"
                                + " WHERE user_id IN (?, ?)",
                        late.id(),
                        fresh.id());
        DATABASE.admin()
                .update(
                        "UPDATE billing.app_user SET created_at = now()"
                                + " - interval '8 days' WHERE user_id = ?",
                        late.id());

        BILLING.get(EmailVerification.class).forget();

        assertThat(BILLING.get(Users.class).findById(late.id())).isEmpty();
        assertThat(BILLING.get(Users.class).findById(fresh.id())).isPresent();
    }

    @Test
    void withoutMailNobodyIsPromisedAny() {
        for (var path : new String[] {"/api/v1/password-reset", "/api/v1/email-verification"}) {
            var answer = new Browser(BILLING).post(path, Map.of("email", "a@example.com"));

            assertThat(answer.statusCode()).isEqualTo(409);
            assertThat(answer.body()).contains("mail-off");
        }
    }

    @Test
    void allSpellingsOfAnAddressAreOneAccount() {
        var email = PEOPLE.user().email();

        assertThat(answer("  " + email.toUpperCase(Locale.ROOT), People.PASSWORD).statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"email\": \"a@b.cd\"}",
                "{\"password\": \"x\"}",
                "{\"email\": \"a@b.cd\", \"password\": \"x\", \"administrator\": true}",
                "{\"email\": [\"a@b.cd\"], \"password\": \"x\"}",
                "{\"email\": \"a@b.cd\\r\\nSet-Cookie: x=y\", \"password\": \"x\"}"
            })
    void whatIsNoLogInIsRefused(String body) {
        var answer = new Browser(BILLING).send("POST", "/api/v1/session", body, null);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
    }

    private static Object names(HttpResponse<String> answer) {
        return answer.headers().map().keySet();
    }

    private static HttpResponse<String> answer(String email, String password) {
        return answer(BILLING, email, password);
    }

    private static HttpResponse<String> answer(
            RunningBilling billing, String email, String password) {
        return new Browser(billing)
                .post("/api/v1/session", Map.of("email", email, "password", password));
    }
}
