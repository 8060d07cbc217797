package io.apihub.billing.plan;

import io.apihub.billing.database.Looks;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The table of what Tenant resources shall be like, and which of them are. */
@Component
public class Applications {

    private static final String SELECT = "SELECT * FROM billing.plan_application";

    private static final String DUE =
            " FROM billing.plan_application WHERE next_try_at <= now()"
                    + " AND (applied <> generation OR wanted IS NOT NULL)";

    private final JdbcTemplate jdbc;
    private final BooleanSupplier due;

    Applications(JdbcTemplate jdbc, Looks looks) {
        this.jdbc = jdbc;
        this.due = looks.at("SELECT" + DUE);
    }

    /**
     * What a Tenant shall be like.
     *
     * @param wanted template; null: the one from before any plan
     * @param generation grows with each wish
     * @param applied the generation that the Tenant is like
     * @param base template from before any plan; null: it is not known yet
     * @param lastError why it is not done yet; null: nobody tried, or it is
     * @param kept somebody else keeps what would be changed: the tenant's own matter
     */
    public record Application(
            UUID tenant,
            @Nullable String wanted,
            long generation,
            long applied,
            @Nullable String base,
            @Nullable String lastError,
            boolean kept) {

        public boolean isDone() {
            return applied == generation;
        }
    }

    /** Wishes something of a Tenant, in the caller's transaction. */
    void want(UUID tenant, @Nullable String template) {
        if (template != null) {
            jdbc.update(
                    "INSERT INTO billing.plan_application (tenant_id) VALUES (?)"
                            + " ON CONFLICT DO NOTHING",
                    tenant);
        }
        // Who never had a template needs no way back.
        jdbc.update(
                "UPDATE billing.plan_application SET wanted = ?, generation = generation + 1,"
                        + " tries = 0, next_try_at = now()"
                        + " WHERE tenant_id = ? AND wanted IS DISTINCT FROM ?",
                template,
                tenant,
                template);
    }

    public Optional<Application> find(UUID tenant) {
        return jdbc
                .query(SELECT + " WHERE tenant_id = ?", Applications::application, tenant)
                .stream()
                .findFirst();
    }

    /** Those of some tenants, by tenant. */
    public Map<UUID, Application> of(Collection<UUID> tenants) {
        return jdbc
                .query(
                        SELECT + " WHERE tenant_id = ANY (?)",
                        Applications::application,
                        (Object) tenants.toArray(UUID[]::new))
                .stream()
                .collect(Collectors.toMap(Application::tenant, Function.identity()));
    }

    /** Whether some were due half a second ago, or since. */
    boolean mayBeDue() {
        return due.getAsBoolean();
    }

    /** Tenants that are to be changed, or were not looked at for an hour. */
    List<UUID> due(int most) {
        return jdbc.query(
                "SELECT tenant_id" + DUE + " ORDER BY next_try_at LIMIT ?",
                (row, number) -> row.getObject(1, UUID.class),
                most);
    }

    /**
     * Keeps others off a Tenant until the transaction ends; wishes may come meanwhile.
     *
     * @return false if somebody is there
     */
    boolean tryLock(UUID tenant) {
        return Boolean.TRUE.equals(
                jdbc.queryForObject(
                        "SELECT pg_try_advisory_xact_lock(hashtextextended(?, 70))",
                        Boolean.class,
                        "plan-application/" + tenant));
    }

    void noteBase(UUID tenant, String template) {
        jdbc.update(
                "UPDATE billing.plan_application SET base = ? WHERE tenant_id = ? AND base IS NULL",
                template,
                tenant);
    }

    /** The Tenant is as it was wished then; a later wish stays due. */
    void done(Application application) {
        jdbc.update(
                "UPDATE billing.plan_application SET applied = ?, applied_at = now(), tries = 0,"
                        + " last_error = NULL, kept = false, next_try_at = CASE WHEN generation = ?"
                        + " THEN now() + interval '1 hour' ELSE now() END WHERE tenant_id = ?",
                application.generation(),
                application.generation(),
                application.tenant());
    }

    /** Puts the next try off: 1, 2, 4 s and so on, five minutes at most. */
    void putOff(UUID tenant, String reason, boolean kept) {
        jdbc.update(
                "UPDATE billing.plan_application SET last_error = left(?, 500), kept = ?,"
                        + " tries = tries + 1, next_try_at = now()"
                        + " + make_interval(secs => least(300, power(2, least(tries, 9))))"
                        + " WHERE tenant_id = ?",
                reason,
                kept,
                tenant);
    }

    /** How many were tried several times in vain. */
    long stuck() {
        return Objects.requireNonNull(
                jdbc.queryForObject(
                        "SELECT count(*) FROM billing.plan_application"
                                + " WHERE applied <> generation AND tries > 3",
                        Long.class));
    }

    private static Application application(ResultSet row, int number) throws SQLException {
        return new Application(
                row.getObject("tenant_id", UUID.class),
                row.getString("wanted"),
                row.getLong("generation"),
                row.getLong("applied"),
                row.getString("base"),
                row.getString("last_error"),
                row.getBoolean("kept"));
    }
}
