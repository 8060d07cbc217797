package io.apihub.billing.budget;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The statements on billing.incarnation: which lives are heard of, which vanished, which are done.
 */
final class IncarnationRows {

    private final JdbcTemplate jdbc;

    IncarnationRows(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    void hello(UUID incarnation, String gateway) {
        jdbc.update(
                "INSERT INTO billing.incarnation AS i (incarnation, gateway) VALUES (?, ?)"
                        + " ON CONFLICT (incarnation) DO UPDATE SET last_seen = clock_timestamp(),"
                        + " gateway = excluded.gateway, parked_at = NULL, state ="
                        + " CASE i.state WHEN 'CLOSED' THEN 'CLOSED' ELSE 'ACTIVE' END",
                incarnation,
                gateway);
        markLeases(List.of(incarnation), "PARKED", "ACTIVE");
    }

    void park(UUID incarnation, String gateway) {
        jdbc.update(
                "INSERT INTO billing.incarnation AS i (incarnation, gateway, state, parked_at)"
                        + " VALUES (?, ?, 'PARKED', clock_timestamp())"
                        + " ON CONFLICT (incarnation) DO UPDATE SET parked_at ="
                        + " coalesce(i.parked_at, clock_timestamp()), state ="
                        + " CASE i.state WHEN 'CLOSED' THEN 'CLOSED' ELSE 'PARKED' END",
                incarnation,
                gateway);
        markLeases(List.of(incarnation), "ACTIVE", "PARKED");
    }

    boolean seen(UUID incarnation) {
        int alive =
                jdbc.update(
                        "UPDATE billing.incarnation SET last_seen = clock_timestamp()"
                                + " WHERE incarnation = ? AND state = 'ACTIVE'",
                        incarnation);
        if (alive > 0) {
            return true;
        }
        int back =
                jdbc.update(
                        "UPDATE billing.incarnation SET last_seen = clock_timestamp(),"
                                + " parked_at = NULL, state = 'ACTIVE'"
                                + " WHERE incarnation = ? AND state = 'PARKED'",
                        incarnation);
        if (back > 0) {
            markLeases(List.of(incarnation), "PARKED", "ACTIVE");
        }
        return back > 0;
    }

    int parkSilent(Duration silence) {
        var silent =
                jdbc.query(
                        "UPDATE billing.incarnation SET state = 'PARKED',"
                                + " parked_at = clock_timestamp() WHERE incarnation IN"
                                + " (SELECT incarnation FROM billing.incarnation"
                                + " WHERE state = 'ACTIVE'"
                                + " AND last_seen < clock_timestamp() - make_interval(secs => ?)"
                                + " ORDER BY incarnation FOR NO KEY UPDATE)"
                                + " RETURNING incarnation",
                        (row, number) -> row.getObject(1, UUID.class),
                        silence.toSeconds());
        markLeases(silent, "ACTIVE", "PARKED");
        return silent.size();
    }

    List<UUID> parkedFor(Duration duration) {
        return jdbc.query(
                "SELECT incarnation FROM billing.incarnation WHERE state = 'PARKED'"
                        + " AND parked_at < clock_timestamp() - make_interval(secs => ?)"
                        + " ORDER BY incarnation",
                (row, number) -> row.getObject(1, UUID.class),
                duration.toSeconds());
    }

    void giveUp(UUID incarnation, int leases, long openMicros) {
        jdbc.update(
                "INSERT INTO billing.unattributed (incarnation, gateway, leases, open_micros)"
                        + " SELECT incarnation, gateway, ?, ? FROM billing.incarnation"
                        + " WHERE incarnation = ? ON CONFLICT DO NOTHING",
                leases,
                openMicros,
                incarnation);
    }

    /** Of all in one statement: one after the other would lock out of the order of leases. */
    private void markLeases(Collection<UUID> incarnations, String from, String to) {
        jdbc.update(
                "UPDATE billing.lease SET state = ? WHERE lease_id IN (SELECT lease_id FROM"
                        + " billing.lease WHERE incarnation = ANY (?) AND state = ?"
                        + " ORDER BY lease_id FOR NO KEY UPDATE)",
                to,
                incarnations.toArray(UUID[]::new),
                from);
    }

    /**
     * Shared: grants of one gateway do not wait for each other here, for each of them may wait for
     * pots with this lock in its hands. Who closes, parks or notes a sign of life waits for them.
     */
    CreditStore.Roll lock(Collection<UUID> incarnations) {
        var open = new TreeSet<UUID>();
        jdbc.query(
                "SELECT incarnation FROM billing.incarnation WHERE incarnation = ANY (?)"
                        + " AND state <> 'CLOSED' ORDER BY incarnation FOR SHARE",
                row -> {
                    open.add(row.getObject(1, UUID.class));
                },
                (Object) incarnations.toArray(UUID[]::new));
        return Objects.requireNonNull(
                jdbc.queryForObject(
                        "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, count(*)"
                                + " FROM billing.incarnation WHERE state = 'ACTIVE'",
                        (row, number) ->
                                new CreditStore.Roll(row.getLong(1), row.getInt(2), open)));
    }

    void close(UUID incarnation) {
        jdbc.update(
                "UPDATE billing.incarnation SET state = 'CLOSED' WHERE incarnation = ?",
                incarnation);
    }
}
