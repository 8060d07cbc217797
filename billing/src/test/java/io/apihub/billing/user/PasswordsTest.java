package io.apihub.billing.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.apihub.billing.problem.Refused;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

class PasswordsTest {

    private static final EmailAddress OWNER = EmailAddress.of("email", "Alice.Smith@example.com");

    private static final SimpleMeterRegistry METRICS = new SimpleMeterRegistry();
    private static final Passwords PASSWORDS =
            new Passwords(PasswordHashing.argon2id(), METRICS, 2, Duration.ofSeconds(60));

    @Test
    void aHashSaysOwaspsFiguresAndFitsItsPasswordOnly() {
        var hash = PASSWORDS.hash("correct horse battery");

        assertThat(hash).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
        assertThat(PASSWORDS.hash("correct horse battery")).as("salted").isNotEqualTo(hash);
        assertThat(PASSWORDS.matches("correct horse battery", hash)).isTrue();
        assertThat(PASSWORDS.matches("correct horse batterz", hash)).isFalse();
        assertThat(PASSWORDS.isOutdated(hash)).isFalse();
    }

    @Test
    void hashesWithWeakerFiguresAreOutdated() {
        var weak = new Argon2PasswordEncoder(16, 32, 1, 4096, 1).encode("correct horse battery");

        assertThat(PASSWORDS.matches("correct horse battery", weak)).isTrue();
        assertThat(PASSWORDS.isOutdated(weak)).isTrue();
    }

    @Test
    void everyKeyboardTypesTheSamePassword() {
        var hash = PASSWORDS.hash(PasswordRules.normal("caf\u00e9 caf\u00e9 \ufb01ne"));

        assertThat(PASSWORDS.matches("cafe\u0301 cafe\u0301 fine", hash)).isTrue();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "nobody has this password", "wrong"})
    void anAccountThatDoesNotExistCostsTheSameWorkAndFitsNothing(String given) {
        double before = hashes();

        assertThat(PASSWORDS.matches(given, null)).isFalse();

        assertThat(hashes() - before).isEqualTo(1);
    }

    @Test
    void aVeryLongPasswordFitsNothing() {
        var hash = PASSWORDS.hash("correct horse battery");

        assertThat(PASSWORDS.matches("x".repeat(1_000_000), hash)).isFalse();
    }

    /** One hash that takes as long as the test wants it to. */
    @Test
    void noMoreAreHashedAtOnceThanAllowedAndTheRestAreToldWhenToComeBack() throws Exception {
        var begun = new CountDownLatch(1);
        var end = new CountDownLatch(1);
        var one = new Passwords(slow(begun, end), METRICS, 1, Duration.ofMillis(50));
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = executor.submit(() -> one.matches("slow", null));
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            var tries = new ArrayList<Callable<Refused>>();
            for (int i = 0; i < 100; i++) {
                tries.add(() ->
                        catchThrowableOfType(Refused.class, () -> one.matches("wrong", null)));
            }
            for (var refused : executor.invokeAll(tries)) {
                assertThat(refused.get().problem().status()).isEqualTo(503);
                assertThat(refused.get().retryAfterSeconds()).contains(1L);
            }
            end.countDown();

            assertThat(first.get()).as("who was first is served").isFalse();
        }
        assertThat(one.matches("wrong", null)).as("it serves again").isFalse();
    }

    private static PasswordEncoder slow(CountDownLatch begun, CountDownLatch end) {
        var quick = new Argon2PasswordEncoder(16, 32, 1, 256, 1);
        return new PasswordEncoder() {
            @Override
            public String encode(@Nullable CharSequence password) {
                return String.valueOf(quick.encode(password));
            }

            @Override
            public boolean matches(@Nullable CharSequence password, @Nullable String hash) {
                if (String.valueOf(password).equals("slow")) {
                    begun.countDown();
                    await(end);
                }
                return quick.matches(password, hash);
            }
        };
    }

    private static void await(CountDownLatch end) {
        try {
            assertThat(end.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "correct horse battery",
                "\u6b63\u786e\u7684\u9a6c\u7535\u6c60\u9489\u4e66\u7b7e\u6536\u85cf\u5939"
            })
    void longPasswordsOfAnyScriptMayBeChosen(String password) {
        assertThat(PasswordRules.choose("password", password, OWNER)).isEqualTo(password);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "short",
                "elevenchars",
                "aaaaaaaaaaaaaaaa",
                "121212121212",
                "password1234",
                "Qwertyuiop123",
                "alice.smith12345",
                "xx alice.smith@example.com",
                "with\u0000control12"
            })
    void whatIsEasyToGuessIsRefused(String password) {
        assertThatThrownBy(() -> PasswordRules.choose("password", password, OWNER))
                .asInstanceOf(type(Refused.class))
                .extracting(refused -> refused.problem().field())
                .isEqualTo("password");
    }

    @Test
    void lengthIsBoundedAbove() {
        var longest = "abcdefgh".repeat(16);

        assertThat(PasswordRules.choose("password", longest, OWNER)).hasSize(PasswordRules.MAX);
        assertThatThrownBy(() -> PasswordRules.choose("password", longest + "i", OWNER))
                .isInstanceOf(Refused.class);
    }

    private double hashes() {
        return METRICS.get("apihub_password_hashes").counter().count();
    }
}
