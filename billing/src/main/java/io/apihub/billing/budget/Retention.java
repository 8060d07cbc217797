package io.apihub.billing.budget;

import io.apihub.billing.database.DatabaseGate;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Forgets, once a day, leases and windows that can't matter any more. */
@Component
class Retention {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    /** Rows of each kind in one transaction: nobody should wait long for them. */
    private static final int BATCH = 5_000;

    /** Transactions a day; what is left waits for the next one. */
    private static final int MOST = 1_000;

    private final JdbcTemplate jdbc;
    private final DatabaseGate gate;

    Retention(JdbcTemplate jdbc, DatabaseGate gate) {
        this.jdbc = jdbc;
        this.gate = gate;
    }

    @Scheduled(cron = "0 41 4 * * *")
    void nightly() {
        if (gate.isOpen()) {
            try {
                LOG.info("{} old leases, windows and incarnations forgotten", forget(BATCH));
            } catch (DataAccessException e) {
                LOG.warn("nothing forgotten: {}", e.toString());
            }
        }
    }

    /** Forgets in batches; how many rows. Safe to repeat, and to run in several instances. */
    long forget(int batch) {
        long forgotten = 0;
        for (int i = 0; i < MOST; i++) {
            long gone =
                    Objects.requireNonNull(
                            jdbc.queryForObject("SELECT billing.forget(?)", Long.class, batch));
            forgotten += gone;
            if (gone == 0) {
                break;
            }
        }
        return forgotten;
    }
}
