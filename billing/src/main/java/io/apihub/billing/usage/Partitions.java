package io.apihub.billing.usage;

import io.apihub.billing.database.DatabaseGate;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Makes the usage partitions of the coming days; what finds none goes to the default one. */
@Component
class Partitions {

    private static final int DAYS_AHEAD = 3;

    private final JdbcTemplate jdbc;
    private final InstantSource clock;
    private final DatabaseGate gate;

    Partitions(JdbcTemplate jdbc, InstantSource clock, DatabaseGate gate) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.gate = gate;
    }

    @Scheduled(fixedDelay = 3_600_000)
    void prepare() {
        gate.onceOpen(this::ensure);
    }

    private void ensure() {
        var today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        for (int days = 0; days <= DAYS_AHEAD; days++) {
            jdbc.queryForObject(
                    "SELECT billing.ensure_usage_partition(?)",
                    Boolean.class,
                    today.plusDays(days));
        }
    }
}
