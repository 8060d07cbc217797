package io.apihub.billing.database;

import io.apihub.billing.settings.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Whether a commit survives the loss of one Postgres instance. If it would not, a fail-over could
 * forget leases, and what they allow would be granted twice: so nothing is granted.
 */
@Component
public class Durability {

    private static final Logger LOG = LoggerFactory.getLogger(Durability.class);

    private final JdbcTemplate jdbc;
    private final boolean singleInstance;
    private volatile boolean granting;

    Durability(JdbcTemplate jdbc, Settings settings) {
        this.jdbc = jdbc;
        this.singleInstance = settings.safety().singleInstancePostgres();
        this.granting = singleInstance;
    }

    /** Whether leases may be granted now. */
    public boolean granting() {
        return granting;
    }

    /** Verifies the database's settings; runs at the start and every ten seconds. */
    @Scheduled(fixedDelay = 10_000)
    public void verify() {
        if (singleInstance) {
            return;
        }
        boolean synchronous = isSynchronous();
        if (synchronous != granting) {
            LOG.warn(
                    "commits are {}synchronous to a second Postgres: billing {} leases",
                    synchronous ? "" : "not ",
                    synchronous ? "grants" : "stops granting");
        }
        granting = synchronous;
    }

    private boolean isSynchronous() {
        try {
            return Boolean.TRUE.equals(
                    jdbc.queryForObject(
                            "SELECT current_setting('synchronous_standby_names') <> '' AND"
                                    + " current_setting('synchronous_commit') IN"
                                    + " ('on', 'remote_write', 'remote_apply')",
                            Boolean.class));
        } catch (DataAccessException e) {
            LOG.debug("durability unknown", e);
            return false;
        }
    }
}
