package io.apihub.billing.budget;

import io.apihub.billing.budget.Lease.Request;
import io.apihub.billing.database.JointUpdate;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/** The statements on billing.lease. */
final class LeaseRows {

    private final JdbcTemplate jdbc;

    LeaseRows(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    Map<Request, List<Answer.Part>> granted(Collection<Request> requests) {
        var found = new HashMap<Request, List<Answer.Part>>();
        jdbc.query(
                "SELECT incarnation, seq, lease_id, granted, theoretical_arrival_millis,"
                        + " window_start_millis, window_end_millis, s.metric = 'CONCURRENCY' AS slots"
                        + " FROM (SELECT DISTINCT * FROM unnest(?::uuid[], ?::bigint[]))"
                        + " AS asked (incarnation, seq)"
                        + " JOIN billing.lease USING (incarnation, seq)"
                        + " LEFT JOIN billing.budget USING (budget_id)"
                        + " LEFT JOIN billing.share s USING (share_id) ORDER BY ordinal",
                row -> {
                    found.computeIfAbsent(
                                    new Request(row.getObject(1, UUID.class), row.getLong(2)),
                                    request -> new ArrayList<>())
                            .add(part(row));
                },
                requests.stream().map(Request::incarnation).toArray(UUID[]::new),
                requests.stream().map(Request::seq).toArray(Long[]::new));
        return found;
    }

    private static Answer.Part part(ResultSet row) throws SQLException {
        var span = KeyColumns.span(row);
        return new Answer.Part(
                row.getLong("lease_id"),
                row.getLong("granted"),
                span,
                row.getBoolean("slots"),
                row.getLong("theoretical_arrival_millis"));
    }

    List<Long> insert(List<Lease> leases) {
        var numbers = new HashMap<Map.Entry<Request, Integer>, Long>();
        jdbc.query(
                "INSERT INTO billing.lease (incarnation, seq, ordinal, account_id, budget_id,"
                        + " share_id, granted, open, theoretical_arrival_millis)"
                        + " SELECT i, s, o, CASE k WHEN 'ACCOUNT' THEN p END,"
                        + " CASE k WHEN 'BUDGET' THEN p END, CASE k WHEN 'SHARE' THEN p END, g, g, t"
                        + " FROM unnest(?::uuid[], ?::bigint[], ?::int[], ?::text[], ?::bigint[],"
                        + " ?::bigint[], ?::bigint[]) AS l (i, s, o, k, p, g, t)"
                        + " RETURNING incarnation, seq, ordinal, lease_id",
                row -> {
                    var request = new Request(row.getObject(1, UUID.class), row.getLong(2));
                    numbers.put(Map.entry(request, row.getInt(3)), row.getLong(4));
                },
                leases.stream().map(lease -> lease.request().incarnation()).toArray(UUID[]::new),
                leases.stream().map(lease -> lease.request().seq()).toArray(Long[]::new),
                leases.stream().map(Lease::ordinal).toArray(Integer[]::new),
                leases.stream().map(lease -> lease.pot().kind().name()).toArray(String[]::new),
                leases.stream().map(lease -> lease.pot().number()).toArray(Long[]::new),
                leases.stream().map(Lease::granted).toArray(Long[]::new),
                leases.stream().map(Lease::arrivalMillis).toArray(Long[]::new));
        return leases.stream()
                .map(lease -> numbers.get(Map.entry(lease.request(), lease.ordinal())))
                .map(Objects::requireNonNull)
                .toList();
    }

    Map<Long, Lease> lock(Collection<Long> numbers) {
        var leases = new TreeMap<Long, Lease>();
        jdbc.query(
                "SELECT lease_id, incarnation, seq, ordinal, account_id, budget_id, share_id,"
                        + " granted, spent, returned, theoretical_arrival_millis, state"
                        + " FROM billing.lease WHERE lease_id = ANY (?)"
                        + " ORDER BY lease_id FOR NO KEY UPDATE",
                row -> {
                    var lease = lease(row);
                    leases.put(lease.number(), lease);
                },
                (Object) numbers.toArray(Long[]::new));
        return leases;
    }

    private static Lease lease(ResultSet row) throws SQLException {
        return new Lease(
                row.getLong("lease_id"),
                new Request(row.getObject("incarnation", UUID.class), row.getLong("seq")),
                row.getInt("ordinal"),
                pot(row),
                row.getLong("granted"),
                row.getLong("spent"),
                row.getLong("returned"),
                row.getLong("theoretical_arrival_millis"),
                "CLOSED".equals(row.getString("state")));
    }

    private static Pot.Id pot(ResultSet row) throws SQLException {
        long budget = row.getLong("budget_id");
        if (!row.wasNull()) {
            return new Pot.Id(Pot.Kind.BUDGET, budget);
        }
        long share = row.getLong("share_id");
        return row.wasNull()
                ? new Pot.Id(Pot.Kind.ACCOUNT, row.getLong("account_id"))
                : new Pot.Id(Pot.Kind.SHARE, share);
    }

    List<Long> openOf(UUID incarnation, int most) {
        return jdbc.query(
                "SELECT lease_id FROM billing.lease WHERE incarnation = ? AND state <> 'CLOSED'"
                        + " ORDER BY lease_id LIMIT ?",
                (row, number) -> row.getLong(1),
                incarnation,
                most);
    }

    List<CreditStore.Held> held(Collection<Pot.Id> pots) {
        return jdbc.query(
                "SELECT lease_id, incarnation, open, account_id, budget_id, share_id"
                        + " FROM billing.lease l JOIN billing.incarnation i USING (incarnation)"
                        + " WHERE (budget_id = ANY (?) OR share_id = ANY (?) OR account_id = ANY"
                        + " (?)) AND l.state <> 'CLOSED' AND open > 0 AND (i.state = 'ACTIVE'"
                        + " OR i.state = 'PARKED' AND i.parked_at >= clock_timestamp()"
                        + " - make_interval(secs => ?)) ORDER BY lease_id",
                (row, number) ->
                        new CreditStore.Held(
                                pot(row),
                                row.getObject("incarnation", UUID.class),
                                row.getLong("lease_id"),
                                row.getLong("open")),
                numbers(pots, Pot.Kind.BUDGET),
                numbers(pots, Pot.Kind.SHARE),
                numbers(pots, Pot.Kind.ACCOUNT),
                CreditStore.MAY_COME_BACK.toSeconds());
    }

    List<Long> expiredShares(Duration rates, Duration slots) {
        return jdbc.query(
                "SELECT lease_id FROM billing.incarnation i JOIN billing.lease l USING (incarnation)"
                        + " JOIN billing.share s USING (share_id) WHERE i.state <> 'CLOSED'"
                        + " AND l.state <> 'CLOSED' AND greatest(i.last_seen, l.created_at)"
                        + " < clock_timestamp() - CASE s.metric WHEN 'CONCURRENCY'"
                        + " THEN make_interval(secs => ?) ELSE make_interval(secs => ?) END"
                        + " AND i.last_seen < clock_timestamp() - make_interval(secs => ?)"
                        + " ORDER BY lease_id LIMIT 5000",
                (row, number) -> row.getLong(1),
                slots.toSeconds(),
                rates.toSeconds(),
                rates.toSeconds());
    }

    private static Object numbers(Collection<Pot.Id> pots, Pot.Kind kind) {
        return pots.stream()
                .filter(pot -> pot.kind() == kind)
                .map(Pot.Id::number)
                .toArray(Long[]::new);
    }

    void recall(Collection<Long> numbers) {
        jdbc.update(
                "UPDATE billing.lease SET recalled = true WHERE lease_id IN (SELECT lease_id FROM"
                        + " billing.lease WHERE lease_id = ANY (?) AND NOT recalled"
                        + " ORDER BY lease_id FOR NO KEY UPDATE)",
                (Object) numbers.toArray(Long[]::new));
    }

    Set<Long> recalledOf(UUID incarnation) {
        return new TreeSet<>(
                jdbc.query(
                        "SELECT lease_id FROM billing.lease WHERE incarnation = ? AND recalled"
                                + " AND state <> 'CLOSED'",
                        (row, number) -> row.getLong(1),
                        incarnation));
    }

    void save(Collection<Lease> leases, JointUpdate update) {
        update.add(
                "UPDATE billing.lease l SET spent = c.spent, returned = c.returned,"
                        + " open = l.granted - c.spent - c.returned,"
                        + " state = CASE WHEN c.closed THEN 'CLOSED' ELSE l.state END"
                        + " FROM unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::boolean[])"
                        + " AS c (id, spent, returned, closed) WHERE l.lease_id = c.id",
                leases.stream().map(Lease::number).toArray(Long[]::new),
                leases.stream().map(Lease::spent).toArray(Long[]::new),
                leases.stream().map(Lease::returned).toArray(Long[]::new),
                leases.stream().map(Lease::closed).toArray(Boolean[]::new));
    }
}
