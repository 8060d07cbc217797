package io.apihub.billing.access;

import io.apihub.billing.settings.Settings;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** As the database has it: the same rules as at each request, for all seats in one statement. */
@Component
class StandingTable implements Standing {

    private static final Logger LOG = LoggerFactory.getLogger(StandingTable.class);

    private static final String LOST =
            """
            SELECT n
            FROM unnest(?::uuid[], ?::uuid[], ?::boolean[], ?::uuid[], ?::text[])
                WITH ORDINALITY AS w (user_id, tenant_id, administrator, session_id, public_id, n)
            WHERE NOT (
                (w.user_id IS NULL OR EXISTS (
                    SELECT FROM billing.app_user u
                    WHERE u.user_id = w.user_id AND u.state = 'ACTIVE'
                        AND NOT u.password_must_change
                        AND (w.administrator AND u.administrator OR EXISTS (
                            SELECT FROM billing.member m
                            WHERE m.user_id = w.user_id AND m.tenant_id = w.tenant_id))))
                AND (w.session_id IS NULL OR EXISTS (
                    SELECT FROM billing.session s
                    WHERE s.session_id = w.session_id AND s.expires_at > ?
                        AND s.last_seen_at > ?))
                AND (w.public_id IS NULL OR EXISTS (
                    SELECT FROM billing.credential c
                    WHERE c.public_id = w.public_id AND c.revoked_at IS NULL
                        AND (c.expires_at IS NULL OR c.expires_at > ?))))
            """;

    private final JdbcTemplate jdbc;
    private final InstantSource clock;
    private final Duration idle;

    StandingTable(JdbcTemplate jdbc, InstantSource clock, Settings settings) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.idle = settings.identity().sessions().idle();
    }

    @Override
    public Set<Seat> lost(Collection<Seat> seats) {
        var now = clock.instant();
        var lost = new HashSet<Seat>();
        var rest = new HashSet<Seat>();
        for (var seat : seats) {
            (seat.caller().pass().isOver(now) ? lost : rest).add(seat);
        }
        if (!rest.isEmpty()) {
            try {
                lost.addAll(asked(List.copyOf(rest)));
            } catch (DataAccessException e) {
                LOG.debug("can't tell who may still see what", e);
            }
        }
        return lost;
    }

    private List<Seat> asked(List<Seat> seats) {
        var now = clock.instant();
        return jdbc.query(
                LOST,
                (row, number) -> seats.get(row.getInt(1) - 1),
                column(seats, seat -> seat.caller().user()),
                column(seats, Seat::tenant),
                column(seats, seat -> seat.caller().administrator()),
                column(seats, seat -> seat.caller().pass().session()),
                column(seats, seat -> seat.caller().pass().credential()),
                Timestamp.from(now),
                Timestamp.from(now.minus(idle)),
                Timestamp.from(now));
    }

    private static @Nullable String[] column(
            List<Seat> seats, Function<Seat, @Nullable Object> value) {
        return seats.stream()
                .map(value)
                .map(one -> one == null ? null : Objects.toString(one))
                .toArray(String[]::new);
    }
}
