package io.apihub.billing.budget;

import io.apihub.model.money.Credits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The statements on billing.lease. */
@Component
class LeaseTable {

    private final JdbcTemplate jdbc;

    LeaseTable(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Identity of a grant request. */
    record Request(UUID incarnation, long seq) {
        static Request of(Ask ask) {
            return new Request(ask.incarnation(), ask.seq());
        }
    }

    /** A row to insert. */
    record NewLease(Request request, int ordinal, long accountId, Credits granted) {}

    /** The leases that repeated requests got before, in the order of their wants. */
    Map<Request, List<Answer.Lease>> granted(List<Ask> asks) {
        var found = new HashMap<Request, List<Answer.Lease>>();
        jdbc.query(
                "SELECT incarnation, seq, lease_id, tenant_id, granted_micros"
                        + " FROM (SELECT DISTINCT * FROM unnest(?::uuid[], ?::bigint[]))"
                        + " AS asked (incarnation, seq)"
                        + " JOIN billing.lease USING (incarnation, seq)"
                        + " JOIN billing.account USING (account_id) ORDER BY ordinal",
                row -> {
                    found.computeIfAbsent(
                                    new Request(row.getObject(1, UUID.class), row.getLong(2)),
                                    request -> new ArrayList<>())
                            .add(
                                    new Answer.Lease(
                                            row.getLong(3),
                                            row.getObject(4, UUID.class),
                                            new Credits(row.getLong(5))));
                },
                asks.stream().map(Ask::incarnation).toArray(UUID[]::new),
                asks.stream().map(Ask::seq).toArray(Long[]::new));
        return found;
    }

    /** Inserts leases; their ids in the order given. */
    List<Long> insert(List<NewLease> leases) {
        if (leases.isEmpty()) {
            return List.of();
        }
        var ids = new HashMap<Map.Entry<Request, Integer>, Long>();
        jdbc.query(
                "INSERT INTO billing.lease"
                        + " (incarnation, seq, ordinal, account_id, granted_micros, open_micros)"
                        + " SELECT i, s, o, a, g, g FROM unnest(?::uuid[], ?::bigint[], ?::int[],"
                        + " ?::bigint[], ?::bigint[]) AS t (i, s, o, a, g)"
                        + " RETURNING incarnation, seq, ordinal, lease_id",
                row -> {
                    var request = new Request(row.getObject(1, UUID.class), row.getLong(2));
                    ids.put(Map.entry(request, row.getInt(3)), row.getLong(4));
                },
                leases.stream().map(lease -> lease.request().incarnation()).toArray(UUID[]::new),
                leases.stream().map(lease -> lease.request().seq()).toArray(Long[]::new),
                leases.stream().map(NewLease::ordinal).toArray(Integer[]::new),
                leases.stream().map(NewLease::accountId).toArray(Long[]::new),
                leases.stream().map(lease -> lease.granted().micros()).toArray(Long[]::new));
        return leases.stream()
                .map(lease -> ids.get(Map.entry(lease.request(), lease.ordinal())))
                .map(Objects::requireNonNull)
                .toList();
    }

    /** Locks leases in the order of their ids. */
    Map<Long, OpenLease> lock(Collection<Long> ids) {
        return locked("lease_id = ANY (?)", ids.toArray(Long[]::new));
    }

    /** Locks what an incarnation has not closed. */
    Map<Long, OpenLease> lockOf(UUID incarnation) {
        return locked("incarnation = ? AND state <> 'CLOSED'", incarnation);
    }

    private Map<Long, OpenLease> locked(String which, Object parameter) {
        var leases = new TreeMap<Long, OpenLease>();
        jdbc.query(
                "SELECT lease_id, account_id, open_micros FROM billing.lease WHERE "
                        + which
                        + " ORDER BY lease_id FOR NO KEY UPDATE",
                row -> {
                    var lease = new OpenLease(row.getLong(1), row.getLong(2), row.getLong(3));
                    leases.put(lease.id(), lease);
                },
                parameter);
        return leases;
    }

    /** Moves micro-units of locked leases from open to spent. */
    void spend(Map<Long, Long> spentByLease) {
        jdbc.update(
                "UPDATE billing.lease l SET spent_micros = l.spent_micros + c.spent,"
                        + " open_micros = l.open_micros - c.spent"
                        + " FROM unnest(?::bigint[], ?::bigint[]) AS c (id, spent)"
                        + " WHERE l.lease_id = c.id",
                spentByLease.keySet().toArray(Long[]::new),
                spentByLease.values().toArray(Long[]::new));
    }

    /**
     * Raises `returned` of a locked lease to a running total, by no more than is open.
     *
     * @return what came back now, by account id
     */
    Map.Entry<Long, Long> giveBack(OpenLease lease, long returnedTotal, boolean closing) {
        var returned =
                jdbc.queryForObject(
                        "UPDATE billing.lease SET returned_micros = returned_micros"
                                + " + least(open_micros, greatest(0, ? - returned_micros)),"
                                + " open_micros = open_micros"
                                + " - least(open_micros, greatest(0, ? - returned_micros)),"
                                + " state = CASE WHEN ? AND open_micros"
                                + " <= greatest(0, ? - returned_micros)"
                                + " THEN 'CLOSED' ELSE state END"
                                + " WHERE lease_id = ? RETURNING open_micros",
                        Long.class,
                        returnedTotal,
                        returnedTotal,
                        closing,
                        returnedTotal,
                        lease.id());
        long open = Objects.requireNonNull(returned);
        return Map.entry(lease.accountId(), lease.openMicros() - open);
    }

    /** Gives back all that is open of locked leases and closes them. */
    void close(Collection<Long> ids) {
        jdbc.update(
                "UPDATE billing.lease SET returned_micros = returned_micros + open_micros,"
                        + " open_micros = 0, state = 'CLOSED' WHERE lease_id = ANY (?)",
                (Object) ids.toArray(Long[]::new));
    }

    /** What others hold of an account: open micro-units by lease, of other incarnations. */
    Map<UUID, List<OpenLease>> heldElsewhere(UUID tenantId, UUID incarnation) {
        var held = new HashMap<UUID, List<OpenLease>>();
        jdbc.query(
                "SELECT l.incarnation, lease_id, account_id, open_micros FROM billing.lease l"
                        + " JOIN billing.account USING (account_id)"
                        + " WHERE tenant_id = ? AND l.incarnation <> ? AND state <> 'CLOSED'"
                        + " AND open_micros > 0",
                row -> {
                    held.computeIfAbsent(row.getObject(1, UUID.class), key -> new ArrayList<>())
                            .add(new OpenLease(row.getLong(2), row.getLong(3), row.getLong(4)));
                },
                tenantId,
                incarnation);
        return held;
    }
}
