package io.apihub.billing.registration;

import io.apihub.billing.database.Looks;
import io.apihub.model.money.Credits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The table of registrations. */
@Component
class Registrations {

    private static final String COLUMNS =
            "registration_id, user_id, tenant_name, display_name, template, trial_micros, step,"
                    + " tenant_id";

    private static final String PROVEN =
            " FROM billing.registration WHERE step = 'VERIFYING' AND user_id IN"
                    + " (SELECT user_id FROM billing.app_user WHERE state = 'ACTIVE')";

    private static final String DUE =
            " FROM billing.registration WHERE step IN ('PROVISIONING', 'OPENING')"
                    + " AND next_try_at <= now()";

    private final JdbcTemplate jdbc;
    private final BooleanSupplier waiting;

    Registrations(JdbcTemplate jdbc, Looks looks) {
        this.jdbc = jdbc;
        this.waiting = looks.at("SELECT" + PROVEN + " UNION ALL SELECT" + DUE);
    }

    /** Whether there was one to go on with half a second ago, or since. */
    boolean mayWait() {
        return waiting.getAsBoolean();
    }

    /**
     * Adds one.
     *
     * @throws DuplicateKeyException if another one under way has the name
     */
    void add(Registration registration) {
        jdbc.update(
                "INSERT INTO billing.registration ("
                        + COLUMNS
                        + ") VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
                registration.id(),
                registration.user(),
                registration.tenantName(),
                registration.displayName(),
                registration.template(),
                registration.trial().micros(),
                registration.step().name());
    }

    /** Whether a tenant has the name, or a registration under way wants it. */
    boolean isTaken(String tenantName) {
        return Boolean.TRUE.equals(
                jdbc.queryForObject(
                        "SELECT EXISTS (SELECT FROM registry.tenant"
                                + "   WHERE deleted_at IS NULL AND (name = ? OR namespace = ?))"
                                + " OR EXISTS (SELECT FROM billing.registration"
                                + "   WHERE tenant_name = ? AND step = 'PROVISIONING')",
                        Boolean.class,
                        tenantName,
                        tenantName,
                        tenantName));
    }

    Optional<Registration> ofUser(UUID user) {
        return jdbc
                .query(
                        "SELECT " + COLUMNS + " FROM billing.registration WHERE user_id = ?",
                        (row, number) -> registration(row),
                        user)
                .stream()
                .findFirst();
    }

    /** Takes one for a time, so that nobody else works on it; empty if somebody does. */
    Optional<Registration> claim(UUID id, Duration lease) {
        return claim("registration_id = ?", id, lease).stream().findFirst();
    }

    /** Takes some that are due. */
    List<Registration> claimDue(int most, Duration lease) {
        return claim(
                "registration_id IN (SELECT registration_id"
                        + DUE
                        + " ORDER BY next_try_at LIMIT ? FOR UPDATE SKIP LOCKED)",
                most,
                lease);
    }

    private List<Registration> claim(String which, Object parameter, Duration lease) {
        return jdbc.query(
                "UPDATE billing.registration SET tries = tries + 1,"
                        + " next_try_at = now() + make_interval(secs => ?)"
                        + " WHERE next_try_at <= now() AND step IN ('PROVISIONING', 'OPENING') AND "
                        + which
                        + " RETURNING "
                        + COLUMNS,
                (row, number) -> registration(row),
                lease.toSeconds(),
                parameter);
    }

    /** Some whose users have proven their address since. */
    List<Registration> proven(int most) {
        return jdbc.query(
                "SELECT " + COLUMNS + PROVEN + " LIMIT ?",
                (row, number) -> registration(row),
                most);
    }

    /**
     * Lets the Tenant be made, or asks for another name if somebody took it meanwhile. Safe to
     * repeat and to race.
     */
    void proceed(Registration registration) {
        boolean taken = isTaken(registration.tenantName());
        try {
            leaveVerifying(registration.id(), taken ? Step.NAME_TAKEN : Step.PROVISIONING);
        } catch (DuplicateKeyException e) {
            leaveVerifying(registration.id(), Step.NAME_TAKEN);
        }
    }

    private void leaveVerifying(UUID id, Step next) {
        jdbc.update(
                "UPDATE billing.registration SET step = ?, tries = 0, next_try_at = now()"
                        + " WHERE registration_id = ? AND step = 'VERIFYING'",
                next.name(),
                id);
    }

    /** Writes that a step is done; the next one may be tried at once. */
    void advance(UUID id, Step next, @Nullable UUID tenant) {
        jdbc.update(
                "UPDATE billing.registration SET step = ?, tenant_id = coalesce(?, tenant_id),"
                        + " tries = 0, next_try_at = now(), last_error = NULL"
                        + " WHERE registration_id = ?",
                next.name(),
                tenant,
                id);
    }

    /** Puts the next try off: 1, 2, 4 s and so on, five minutes at most. */
    void putOff(UUID id, String reason) {
        jdbc.update(
                "UPDATE billing.registration SET last_error = left(?, 500), next_try_at = now()"
                        + " + make_interval(secs => least(300, power(2, least(tries, 9) - 1)))"
                        + " WHERE registration_id = ?",
                reason,
                id);
    }

    /** Lets the user choose another name. */
    void rename(UUID id, String tenantName) {
        jdbc.update(
                "UPDATE billing.registration SET tenant_name = ?, step = 'PROVISIONING', tries = 0,"
                        + " next_try_at = now() WHERE registration_id = ? AND step = 'NAME_TAKEN'",
                tenantName,
                id);
    }

    private static Registration registration(ResultSet row) throws SQLException {
        return new Registration(
                row.getObject("registration_id", UUID.class),
                row.getObject("user_id", UUID.class),
                row.getString("tenant_name"),
                row.getString("display_name"),
                row.getString("template"),
                new Credits(row.getLong("trial_micros")),
                Step.valueOf(row.getString("step")),
                row.getObject("tenant_id", UUID.class));
    }
}
