package io.apihub.billing.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.apihub.billing.problem.Refused;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;

class PasswordsTest {

    private static final EmailAddress OWNER = EmailAddress.of("email", "Alice.Smith@example.com");

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Passwords passwords = new Passwords(PasswordHashing.argon2id(), metrics, 2);

    @Test
    void aHashSaysOwaspsFiguresAndFitsItsPasswordOnly() {
        var hash = passwords.hash("correct horse battery");

        assertThat(hash).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
        assertThat(passwords.hash("correct horse battery")).as("salted").isNotEqualTo(hash);
        assertThat(passwords.matches("correct horse battery", hash)).isTrue();
        assertThat(passwords.matches("correct horse batterz", hash)).isFalse();
        assertThat(passwords.isOutdated(hash)).isFalse();
    }

    @Test
    void hashesWithWeakerFiguresAreOutdated() {
        var weak = new Argon2PasswordEncoder(16, 32, 1, 4096, 1).encode("correct horse battery");

        assertThat(passwords.matches("correct horse battery", weak)).isTrue();
        assertThat(passwords.isOutdated(weak)).isTrue();
    }

    @Test
    void everyKeyboardTypesTheSamePassword() {
        var hash = passwords.hash(PasswordRules.normal("caf\u00e9 caf\u00e9 \ufb01ne"));

        assertThat(passwords.matches("cafe\u0301 cafe\u0301 fine", hash)).isTrue();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "nobody has this password", "wrong"})
    void anAccountThatDoesNotExistCostsTheSameWorkAndFitsNothing(String given) {
        double before = hashes();

        assertThat(passwords.matches(given, null)).isFalse();

        assertThat(hashes() - before).isEqualTo(1);
    }

    @Test
    void aVeryLongPasswordFitsNothing() {
        var hash = passwords.hash("correct horse battery");

        assertThat(passwords.matches("x".repeat(1_000_000), hash)).isFalse();
    }

    @Test
    void noMoreAreHashedAtOnceThanAllowedAndTheRestAreToldWhenToComeBack() throws Exception {
        var one = new Passwords(PasswordHashing.argon2id(), metrics, 1);
        var refused = new AtomicInteger();
        var tries = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < 2_000; i++) {
            tries.add(() -> {
                try {
                    return one.matches("wrong", null);
                } catch (Refused e) {
                    assertThat(e.problem().status()).isEqualTo(503);
                    assertThat(e.retryAfterSeconds()).contains(1L);
                    refused.incrementAndGet();
                    return false;
                }
            });
        }
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var done : executor.invokeAll(tries)) {
                assertThat(done.get()).isFalse();
            }
        }

        assertThat(refused.get()).as("two thousand take longer than any patience").isPositive();
        assertThat(one.matches("wrong", null)).as("it serves again").isFalse();
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
        return metrics.get("apihub_password_hashes").counter().count();
    }
}
