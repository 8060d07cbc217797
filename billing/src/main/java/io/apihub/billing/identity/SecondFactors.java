package io.apihub.billing.identity;

import io.apihub.billing.sealing.Sealer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Users' second factors: secrets that phones make codes from, and codes for who lost theirs. */
@Component
class SecondFactors {

    private static final int RECOVERY_CODES = 10;
    private static final int RECOVERY_BYTES = 10;
    private static final int GROUP = 4;

    private final JdbcTemplate jdbc;
    private final Sealer sealer;
    private final InstantSource clock;
    private final RandomGenerator random;

    SecondFactors(JdbcTemplate jdbc, Sealer sealer, InstantSource clock, RandomGenerator random) {
        this.jdbc = jdbc;
        this.sealer = sealer;
        this.clock = clock;
        this.random = random;
    }

    /**
     * What a user has.
     *
     * @param confirmedAt null: enrolled and not confirmed, so that no code is asked for
     */
    record State(@Nullable Instant confirmedAt, int recoveryCodes) {}

    Optional<State> state(UUID user) {
        return jdbc
                .query(
                        "SELECT confirmed_at, (SELECT count(*) FROM billing.recovery_code r"
                                + " WHERE r.user_id = f.user_id) FROM billing.second_factor f"
                                + " WHERE user_id = ?",
                        (row, number) -> new State(time(row), row.getInt(2)),
                        user)
                .stream()
                .findFirst();
    }

    private static @Nullable Instant time(ResultSet row) throws SQLException {
        var time = row.getTimestamp(1);
        return time == null ? null : time.toInstant();
    }

    /** Whether a log-in needs a code. */
    boolean isOn(UUID user) {
        return state(user).filter(state -> state.confirmedAt() != null).isPresent();
    }

    /** Makes a secret, in place of one that was never confirmed; empty if one was. */
    Optional<byte[]> enrol(UUID user) {
        var secret = Totp.mint(random);
        int made =
                jdbc.update(
                        "INSERT INTO billing.second_factor AS f (user_id, secret, created_at)"
                                + " VALUES (?, ?, ?) ON CONFLICT (user_id) DO UPDATE SET"
                                + " secret = excluded.secret, created_at = excluded.created_at"
                                + " WHERE f.confirmed_at IS NULL",
                        user,
                        sealer.seal(purpose(user), secret),
                        Timestamp.from(clock.instant()));
        return made == 0 ? Optional.empty() : Optional.of(secret);
    }

    /** From now on codes are asked for; says whether that is news. */
    boolean confirm(UUID user) {
        return jdbc.update(
                        "UPDATE billing.second_factor SET confirmed_at = ?"
                                + " WHERE user_id = ? AND confirmed_at IS NULL",
                        Timestamp.from(clock.instant()),
                        user)
                > 0;
    }

    /** Takes a code of the phone. The same one, or one before it, is not taken again. */
    boolean take(UUID user, String code) {
        var secret =
                jdbc
                        .query(
                                "SELECT secret FROM billing.second_factor WHERE user_id = ?",
                                (row, number) -> row.getBytes(1),
                                user)
                        .stream()
                        .findFirst()
                        .flatMap(sealed -> sealer.open(purpose(user), sealed));
        if (secret.isEmpty()) {
            return false;
        }
        var step = Totp.find(secret.get(), code.replace(" ", ""), clock.instant());
        return step.isPresent()
                && jdbc.update(
                                "UPDATE billing.second_factor SET last_step = ?"
                                        + " WHERE user_id = ? AND last_step < ?",
                                step.getAsLong(),
                                user,
                                step.getAsLong())
                        > 0;
    }

    /** Takes a recovery code, for good. */
    boolean takeRecovery(UUID user, String code) {
        return jdbc.update(
                        "DELETE FROM billing.recovery_code WHERE user_id = ? AND code_sha256 = ?",
                        user,
                        digest(code))
                > 0;
    }

    /** Makes recovery codes in place of all before. */
    List<String> mintRecovery(UUID user) {
        jdbc.update("DELETE FROM billing.recovery_code WHERE user_id = ?", user);
        var codes = new ArrayList<String>();
        for (int i = 0; i < RECOVERY_CODES; i++) {
            var bytes = new byte[RECOVERY_BYTES];
            random.nextBytes(bytes);
            var code =
                    Totp.base32(bytes)
                            .toLowerCase(Locale.ROOT)
                            .replaceAll("(.{" + GROUP + "})(?=.)", "$1-");
            jdbc.update(
                    "INSERT INTO billing.recovery_code (user_id, code_sha256) VALUES (?, ?)",
                    user,
                    digest(code));
            codes.add(code);
        }
        return codes;
    }

    /** Ends it; says whether there was one. */
    boolean remove(UUID user) {
        return jdbc.update("DELETE FROM billing.second_factor WHERE user_id = ?", user) > 0;
    }

    /** Eighty random bits: too many to be guessed from a plain digest. */
    private static byte[] digest(String code) {
        return new Secret(code.strip().toLowerCase(Locale.ROOT).replaceAll("[- ]", "")).digest();
    }

    private static String purpose(UUID user) {
        return "second-factor/" + user;
    }
}
