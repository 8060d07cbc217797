package io.apihub.billing.user;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/** Hashes passwords. At most a few at once, since each takes its memory and a core. */
@Component
public class Passwords {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** A longer one was never chosen; it is not worth a core to find that out. */
    private static final int LONGEST = 512;

    private final PasswordEncoder encoder;
    private final Semaphore atOnce;
    private final Duration patience;
    private final Counter hashes;
    private final String nobodys;

    @Autowired
    Passwords(PasswordEncoder encoder, MeterRegistry metrics) {
        this(encoder, metrics, Math.max(2, Runtime.getRuntime().availableProcessors()), PATIENCE);
    }

    Passwords(PasswordEncoder encoder, MeterRegistry metrics, int atOnce, Duration patience) {
        this.encoder = encoder;
        this.atOnce = new Semaphore(atOnce, true);
        this.patience = patience;
        this.hashes =
                Counter.builder("apihub_password_hashes")
                        .description("Argon2id hashes that were computed")
                        .register(metrics);
        this.nobodys = hash("nobody has this password");
    }

    /**
     * Hashes a password that {@link PasswordRules} let pass.
     *
     * @throws Refused 503 if too many others are being hashed
     */
    public final String hash(String password) {
        return one(() -> String.valueOf(encoder.encode(password)));
    }

    /** Hashes a password that {@link #matches} has just found right. */
    public String hashAgain(String given) {
        return hash(PasswordRules.normal(given));
    }

    /**
     * Compares, with the same work whether there is a hash or not.
     *
     * @param hash null for an account that does not exist or has no password
     * @throws Refused 503 if too many others are being hashed
     */
    public boolean matches(@Nullable String given, @Nullable String hash) {
        var password = given == null || given.length() > LONGEST ? "" : PasswordRules.normal(given);
        boolean same = one(() -> encoder.matches(password, hash == null ? nobodys : hash));
        return same && hash != null && !password.isEmpty();
    }

    /** Whether a hash was made with weaker figures than today's. */
    public boolean isOutdated(String hash) {
        return encoder.upgradeEncoding(hash);
    }

    private <T> T one(Supplier<T> work) {
        acquire();
        try {
            hashes.increment();
            return work.get();
        } finally {
            atOnce.release();
        }
    }

    private void acquire() {
        try {
            if (!atOnce.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw busy();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw busy();
        }
    }

    private static Refused busy() {
        return new Refused(
                Problem.unavailable("Too many people log in at this moment; try again."),
                Duration.ofSeconds(1));
    }
}
