package io.apihub.billing.database;

import io.apihub.billing.settings.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
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
    private final AtomicInteger unsafe = new AtomicInteger();
    private volatile boolean granting;

    Durability(JdbcTemplate jdbc, Settings settings, MeterRegistry metrics) {
        this.jdbc = jdbc;
        metrics.gauge("apihub_billing_unsafe_standbys", unsafe);
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
            lookForStandbys();
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

    /**
     * What is set says that there is one Postgres. A backup may read along, so this only warns: but
     * if it is a standby and takes over, it may lack the last commits.
     */
    private void lookForStandbys() {
        try {
            int standbys = isSynchronous() ? 0 : standbys();
            if (unsafe.getAndSet(standbys) == 0 && standbys > 0) {
                LOG.warn(
                        "{} standbys follow this Postgres and commits do not wait for them: if one"
                                + " takes over, what was leased last may be leased twice; set"
                                + " synchronous_standby_names, and"
                                + " APIHUB_SINGLE_INSTANCE_POSTGRES=false",
                        standbys);
            }
        } catch (DataAccessException e) {
            LOG.debug("standbys unknown", e);
        }
    }

    private int standbys() {
        return Objects.requireNonNull(
                jdbc.queryForObject("SELECT count(*) FROM pg_stat_replication", Integer.class));
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
