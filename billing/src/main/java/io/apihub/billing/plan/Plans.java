package io.apihub.billing.plan;

import io.apihub.model.money.Credits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The tables of plans and their versions. */
@Component
public class Plans {

    private static final String SELECT =
            "SELECT v.*, p.name, p.retired_at FROM billing.plan_version v"
                    + " JOIN billing.plan p USING (plan_id)";

    /** Of each plan the last version. */
    private static final String CURRENT =
            " WHERE v.number = (SELECT max(number) FROM billing.plan_version l"
                    + " WHERE l.plan_id = v.plan_id)";

    private final JdbcTemplate jdbc;
    private final PlanTime time;

    Plans(JdbcTemplate jdbc, PlanTime time) {
        this.jdbc = jdbc;
        this.time = time;
    }

    /** Adds a plan with its first version; empty if the name is taken. */
    public Optional<PlanVersion> create(String name, PlanTerms terms, String actor) {
        var plan = UUID.randomUUID();
        int rows =
                jdbc.update(
                        "INSERT INTO billing.plan (plan_id, name, created_by, created_at)"
                                + " VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING",
                        plan,
                        name,
                        actor,
                        Timestamp.from(time.now()));
        return rows == 0 ? Optional.empty() : Optional.of(addVersion(plan, terms, actor));
    }

    /** Adds the next version. The plan is new or locked. */
    public PlanVersion addVersion(UUID plan, PlanTerms terms, String actor) {
        var id = UUID.randomUUID();
        jdbc.update(
                "INSERT INTO billing.plan_version (version_id, plan_id, number, display_name,"
                        + " description, price_micros, period, included_micros, grace_days,"
                        + " template, created_by, created_at) SELECT ?, ?,"
                        + " coalesce(max(number), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ?"
                        + " FROM billing.plan_version WHERE plan_id = ?",
                id,
                plan,
                terms.displayName(),
                terms.description(),
                terms.price().micros(),
                terms.period().name(),
                terms.included().micros(),
                terms.graceDays(),
                terms.template(),
                actor,
                Timestamp.from(time.now()),
                plan);
        return version(id);
    }

    /** Locks a plan until the transaction ends, so that its last version stays the last one. */
    public void lock(UUID plan) {
        jdbc.query(
                "SELECT plan_id FROM billing.plan WHERE plan_id = ? FOR NO KEY UPDATE",
                row -> {},
                plan);
    }

    /** No longer for sale. Safe to repeat. */
    public void retire(UUID plan, String actor) {
        jdbc.update(
                "UPDATE billing.plan SET retired_at = ?, retired_by = ?"
                        + " WHERE plan_id = ? AND retired_at IS NULL",
                Timestamp.from(time.now()),
                actor,
                plan);
    }

    /** The last version of a plan, retired ones too. */
    public Optional<PlanVersion> find(String name) {
        return jdbc.query(SELECT + CURRENT + " AND p.name = ?", Plans::version, name).stream()
                .findFirst();
    }

    /** One that must be there. */
    public PlanVersion version(UUID id) {
        return jdbc.query(SELECT + " WHERE version_id = ?", Plans::version, id).getFirst();
    }

    public Map<UUID, PlanVersion> versions(Collection<UUID> ids) {
        return jdbc
                .query(
                        SELECT + " WHERE version_id = ANY (?)",
                        Plans::version,
                        (Object) ids.toArray(UUID[]::new))
                .stream()
                .collect(Collectors.toMap(PlanVersion::id, Function.identity()));
    }

    /** A plan's versions, newest first. */
    public List<PlanVersion> history(UUID plan, int before, int limit) {
        return jdbc.query(
                SELECT + " WHERE plan_id = ? AND number < ? ORDER BY number DESC LIMIT ?",
                Plans::version,
                plan,
                before,
                limit);
    }

    /**
     * The last versions of plans, by name.
     *
     * @param after only names after this one
     */
    public List<PlanVersion> list(boolean retiredToo, String after, int limit) {
        return jdbc.query(
                SELECT
                        + CURRENT
                        + " AND (? OR p.retired_at IS NULL) AND p.name > ?"
                        + " ORDER BY p.name LIMIT ?",
                Plans::version,
                retiredToo,
                after,
                limit);
    }

    private static PlanVersion version(ResultSet row, int number) throws SQLException {
        return new PlanVersion(
                row.getObject("version_id", UUID.class),
                row.getObject("plan_id", UUID.class),
                row.getString("name"),
                row.getInt("number"),
                new PlanTerms(
                        row.getString("display_name"),
                        row.getString("description"),
                        new Credits(row.getLong("price_micros")),
                        Period.valueOf(row.getString("period")),
                        new Credits(row.getLong("included_micros")),
                        row.getInt("grace_days"),
                        row.getString("template")),
                row.getString("created_by"),
                row.getTimestamp("created_at").toInstant(),
                instant(row.getTimestamp("retired_at")));
    }

    static @Nullable Instant instant(@Nullable Timestamp time) {
        return time == null ? null : time.toInstant();
    }
}
