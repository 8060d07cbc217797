package io.apihub.billing.payment;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The table of sweeps: of each provider when the next one is due, and what the last one found. */
@Component
class SweepTable {

    private final JdbcTemplate jdbc;

    SweepTable(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Takes a sweep that is due, for ten minutes; false if it is not, or somebody else has it. */
    boolean claim(String provider) {
        jdbc.update(
                "INSERT INTO billing.payment_sweep (provider, next_at)"
                        + " VALUES (?, now() + interval '1 minute') ON CONFLICT DO NOTHING",
                provider);
        return jdbc.update(
                        "UPDATE billing.payment_sweep SET next_at = now() + interval '10 minutes'"
                                + " WHERE provider = ? AND next_at <= now()",
                        provider)
                == 1;
    }

    /** When the last one ended that could be done. */
    Optional<Instant> lastEnd(String provider) {
        return jdbc
                .query(
                        "SELECT ended_at FROM billing.payment_sweep WHERE provider = ?"
                                + " AND ended_at IS NOT NULL",
                        (row, number) -> row.getObject(1, OffsetDateTime.class).toInstant(),
                        provider)
                .stream()
                .findFirst();
    }

    /** What differed. */
    record Drift(int onlyThere, int onlyHere, int amounts, int foreign) {

        int all() {
            return onlyThere + onlyHere + amounts;
        }
    }

    /** It is done; the next one is due in a day. */
    void ended(String provider, Drift drift) {
        jdbc.update(
                "UPDATE billing.payment_sweep SET next_at = now() + interval '1 day',"
                        + " ended_at = now(), only_there = ?, only_here = ?, amounts_differ = ?,"
                        + " foreign_there = ? WHERE provider = ?",
                drift.onlyThere(),
                drift.onlyHere(),
                drift.amounts(),
                drift.foreign(),
                provider);
    }
}
