package io.apihub.billing.usage;

import io.apihub.model.money.Credits;
import io.apihub.model.usage.TokenUsage;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The statements that write billing.usage, its rollup and its rejects. */
@Component
class UsageTable implements UsageStore {

    private static final List<String> TOKENS =
            List.of(
                    "input_tokens",
                    "cached_input_tokens",
                    "cache_write_tokens",
                    "cache_write_1h_tokens",
                    "output_tokens",
                    "reasoning_tokens",
                    "cost_micros");

    /** One look at an index for each row, however large the planner thinks the table is. */
    private static final String KNOWN =
            "SELECT u.hold_id FROM unnest(?::uuid[], ?::date[], ?::uuid[]) AS k (tenant, day, hold),"
                    + " LATERAL (SELECT hold_id FROM billing.usage WHERE tenant_id = k.tenant"
                    + " AND day = k.day AND hold_id = k.hold AND day BETWEEN ? AND ? LIMIT 1) u";

    private static final String COPY =
            "COPY billing.usage ("
                    + String.join(", ", UsageColumns.NAMES)
                    + ") FROM STDIN (FORMAT binary)";

    /** So that two batches with the same rows wait for each other instead of dying together. */
    private static final Comparator<Booking> ORDER =
            (one, other) -> {
                int tenants = one.tenantId().compareTo(other.tenantId());
                return tenants != 0 ? tenants : one.hold().uuid().compareTo(other.hold().uuid());
            };

    /**
     * After a start, and after a record that had come before, so many transactions look for what
     * they bring: what was sent again comes together. Any other only writes, and the key decides.
     */
    private static final int WARY = 10;

    private static final int PIECE = 60_000;
    private static final int BYTES_A_ROW = 2_000;

    private final JdbcTemplate jdbc;
    private final UsageSums sums;
    private final ApplicationEventPublisher events;
    private final AtomicInteger wary = new AtomicInteger(WARY);

    UsageTable(JdbcTemplate jdbc, ApplicationEventPublisher events) {
        this.jdbc = jdbc;
        this.sums = new UsageSums(jdbc);
        this.events = events;
    }

    /**
     * {@inheritDoc}
     *
     * @throws org.springframework.dao.DuplicateKeyException if one of the records was written
     *     before and not looked for, or by another process meanwhile: in a new transaction it is
     *     seen
     */
    @Override
    public Set<UUID> insert(List<Booking> bookings, Map<UUID, UUID> postings) {
        var known = mayBeKnown(bookings) ? known(bookings) : Set.<UUID>of();
        var fresh = new ArrayList<Booking>(bookings.size());
        for (var booking : bookings) {
            if (!known.contains(booking.hold().uuid())) {
                fresh.add(booking);
            }
        }
        if (fresh.isEmpty()) {
            return Set.of();
        }
        fresh.sort(ORDER);
        copy(fresh, postings);
        sums.add(fresh);
        return announced(fresh);
    }

    private boolean mayBeKnown(List<Booking> bookings) {
        return wary.getAndUpdate(left -> Math.max(0, left - 1)) > 0
                || bookings.stream().anyMatch(Booking::correction);
    }

    /** The ids of new rows, told to who watches. */
    private Set<UUID> announced(List<Booking> fresh) {
        var all = HashSet.<UUID>newHashSet(fresh.size());
        var byTenant = new HashMap<UUID, List<UUID>>();
        for (var booking : fresh) {
            var hold = booking.hold().uuid();
            all.add(hold);
            byTenant.computeIfAbsent(booking.tenantId(), tenant -> new ArrayList<>()).add(hold);
        }
        byTenant.forEach((tenant, holds) -> events.publishEvent(new UsageBooked(tenant, holds)));
        return all;
    }

    private Set<UUID> known(List<Booking> bookings) {
        var days = bookings.stream().map(booking -> booking.hold().day()).toList();
        var inOrder = days.stream().sorted().toList();
        return new HashSet<>(
                jdbc.query(
                        KNOWN,
                        (row, number) -> row.getObject(1, UUID.class),
                        bookings.stream().map(Booking::tenantId).toArray(UUID[]::new),
                        days.stream().map(LocalDate::toString).toArray(String[]::new),
                        bookings.stream()
                                .map(booking -> booking.hold().uuid())
                                .toArray(UUID[]::new),
                        inOrder.getFirst(),
                        inOrder.getLast()));
    }

    private void copy(List<Booking> fresh, Map<UUID, UUID> postings) {
        try {
            jdbc.execute(
                    (ConnectionCallback<Long>) connection -> copyIn(connection, fresh, postings));
        } catch (DuplicateKeyException e) {
            wary.set(WARY);
            throw e;
        }
    }

    /**
     * Piece by piece, so that Postgres works on the first rows while the others are put together.
     */
    private static long copyIn(Connection connection, List<Booking> fresh, Map<UUID, UUID> postings)
            throws SQLException {
        var copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
        try {
            var bytes = new CopyBytes(PIECE + BYTES_A_ROW).header();
            for (var booking : fresh) {
                booking.row().copyTo(bytes, posting(booking, postings));
                if (bytes.length() >= PIECE) {
                    bytes.drain((all, length) -> copy.writeToCopy(all, 0, length));
                }
            }
            bytes.trailer().drain((all, length) -> copy.writeToCopy(all, 0, length));
            return copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private static @Nullable UUID posting(Booking booking, Map<UUID, UUID> postings) {
        return booking.metered() && booking.cost().isPositive()
                ? postings.get(booking.tenantId())
                : null;
    }

    @Override
    public Optional<Before> correct(Booking booking) {
        var key = " WHERE tenant_id = ? AND day = ? AND hold_id = ?";
        var parameters =
                new Object[] {booking.tenantId(), booking.hold().day(), booking.hold().uuid()};
        var before =
                jdbc
                        .query(
                                "SELECT outcome, input_tokens, cached_input_tokens,"
                                        + " cache_write_tokens, cache_write_1h_tokens,"
                                        + " output_tokens, reasoning_tokens, cost_micros,"
                                        + " coalesce(observed_in, '{}') FROM billing.usage"
                                        + key
                                        + " AND outcome <> 'measured' AND corrected_at IS NULL"
                                        + " FOR NO KEY UPDATE",
                                UsageTable::before,
                                parameters)
                        .stream()
                        .findFirst();
        if (before.isPresent()) {
            rollBack(parameters, -1);
            var measured = UsageColumns.MEASURED_NAMES;
            jdbc.update(
                    "UPDATE billing.usage SET corrected_at = now(), "
                            + String.join(" = ?, ", measured)
                            + " = ?"
                            + key,
                    Stream.concat(
                                    booking.row().measured().map(UsageTable::parameter),
                                    Stream.of(parameters))
                            .toArray());
            rollBack(parameters, 1);
            events.publishEvent(
                    new UsageBooked(booking.tenantId(), List.of(booking.hold().uuid())));
        }
        return before;
    }

    private static @Nullable Object parameter(@Nullable Object value) {
        return value instanceof Instant at ? at.atOffset(ZoneOffset.UTC) : value;
    }

    private static Before before(ResultSet row, int number) throws SQLException {
        return new Before(
                row.getString(1),
                new TokenUsage(
                        row.getLong(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getLong(6),
                        row.getLong(7)),
                new Credits(row.getLong(8)),
                List.of((Long[]) row.getArray(9).getArray()));
    }

    @Override
    public void observed(Map<Booking, List<Long>> budgets) {
        jdbc.batchUpdate(
                "UPDATE billing.usage SET observed_in = ?"
                        + " WHERE tenant_id = ? AND day = ? AND hold_id = ?",
                budgets.entrySet().stream()
                        .map(each ->
                                new Object[] {
                                    each.getValue().toArray(Long[]::new),
                                    each.getKey().tenantId(),
                                    each.getKey().hold().day(),
                                    each.getKey().hold().uuid()
                                })
                        .toList());
    }

    /** Takes a row out of its rollup (-1), or puts it in (1). */
    private void rollBack(Object[] key, int sign) {
        for (var unit : List.of("minute", "hour")) {
            var counted = new ArrayList<String>();
            counted.add("CASE WHEN status >= 400 OR status = 0 THEN " + sign + " ELSE 0 END");
            counted.add("CASE WHEN estimated THEN " + sign + " ELSE 0 END");
            TOKENS.forEach(column -> counted.add(sign + " * " + column));
            jdbc.update(
                    UsageSums.upsert(
                            unit,
                            "SELECT date_trunc('"
                                    + unit
                                    + "', at, 'UTC'), tenant_id, key_uid, model, "
                                    + sign
                                    + ", "
                                    + String.join(", ", counted)
                                    + " FROM billing.usage"
                                    + " WHERE tenant_id = ? AND day = ? AND hold_id = ?"),
                    key);
        }
    }

    @Override
    public void reject(RejectedUsage rejected) {
        jdbc.update(
                "INSERT INTO billing.usage_rejected (digest, hold_id, reason, record, gateway)"
                        + " VALUES (sha256(?), ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                rejected.record().toByteArray(),
                rejected.record().getHold().getHoldId().toByteArray(),
                rejected.reason().replace('\0', '\uFFFD'),
                rejected.record().toByteArray(),
                rejected.gateway());
    }
}
