package io.apihub.billing.budget;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Process lives of gateways: which are heard of, which vanished, which are done. */
@Component
public class Incarnations {

    private final JdbcTemplate jdbc;

    Incarnations(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** An incarnation says hello; a parked one is active again, a closed one stays closed. */
    void hello(UUID incarnation, String gateway) {
        jdbc.update(
                "INSERT INTO billing.incarnation AS i (incarnation, gateway) VALUES (?, ?)"
                        + " ON CONFLICT (incarnation) DO UPDATE SET last_seen = now(),"
                        + " gateway = excluded.gateway, state ="
                        + " CASE i.state WHEN 'CLOSED' THEN 'CLOSED' ELSE 'ACTIVE' END",
                incarnation,
                gateway);
        markLeases(incarnation, "PARKED", "ACTIVE");
    }

    /** A journal was found of an incarnation that is no more: its leases stay counted. */
    void park(UUID incarnation, String gateway) {
        jdbc.update(
                "INSERT INTO billing.incarnation AS i (incarnation, gateway, state)"
                        + " VALUES (?, ?, 'PARKED') ON CONFLICT (incarnation) DO UPDATE SET state ="
                        + " CASE i.state WHEN 'CLOSED' THEN 'CLOSED' ELSE 'PARKED' END",
                incarnation,
                gateway);
        markLeases(incarnation, "ACTIVE", "PARKED");
    }

    void seen(Collection<UUID> incarnations) {
        jdbc.update(
                "UPDATE billing.incarnation SET last_seen = now() WHERE incarnation = ANY (?)",
                (Object) incarnations.toArray(UUID[]::new));
    }

    /**
     * Parks the active incarnations that were not heard of for a while.
     *
     * @return how many
     */
    int parkSilent(Duration silence) {
        var silent =
                jdbc.query(
                        "SELECT incarnation FROM billing.incarnation WHERE state = 'ACTIVE'"
                                + " AND last_seen < now() - make_interval(secs => ?)"
                                + " ORDER BY incarnation",
                        (row, number) -> row.getObject(1, UUID.class),
                        silence.toSeconds());
        for (var incarnation : silent) {
            jdbc.update(
                    "UPDATE billing.incarnation SET state = 'PARKED'"
                            + " WHERE incarnation = ? AND state = 'ACTIVE'",
                    incarnation);
            markLeases(incarnation, "ACTIVE", "PARKED");
        }
        return silent.size();
    }

    private void markLeases(UUID incarnation, String from, String to) {
        jdbc.update(
                "UPDATE billing.lease SET state = ? WHERE lease_id IN (SELECT lease_id FROM"
                        + " billing.lease WHERE incarnation = ? AND state = ?"
                        + " ORDER BY lease_id FOR NO KEY UPDATE)",
                to,
                incarnation,
                from);
    }

    /** Of these, the ones that may be granted leases; they can't be closed until the commit. */
    Set<UUID> lockOpen(Collection<UUID> incarnations) {
        return new HashSet<>(
                jdbc.query(
                        "SELECT incarnation FROM billing.incarnation WHERE incarnation = ANY (?)"
                                + " AND state <> 'CLOSED' ORDER BY incarnation FOR SHARE",
                        (row, number) -> row.getObject(1, UUID.class),
                        (Object) incarnations.toArray(UUID[]::new)));
    }

    void close(UUID incarnation) {
        jdbc.update(
                "UPDATE billing.incarnation SET state = 'CLOSED' WHERE incarnation = ?",
                incarnation);
    }
}
