package io.apihub.billing.database;

import io.apihub.billing.settings.Settings;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Opens when Postgres is reached, the schema billing is migrated and the operator's schema registry
 * can be read; until then it says what it waits for. Once open, it tells whether Postgres answers.
 */
@Component
public class DatabaseGate implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseGate.class);
    private static final long RETRY_MILLIS = 500;
    private static final long CHECK_MILLIS = 2_000;
    private static final int LOOK_SECONDS = 5;
    private static final long SAY_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Settings settings;
    private final DataSource postgres;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final List<Runnable> whenOpen = new ArrayList<>();
    private volatile String waitingFor = "Postgres";
    private volatile boolean migrated;
    private volatile boolean open;
    private volatile @Nullable Thread watcher;
    private @Nullable String said;
    private long saidAt;

    DatabaseGate(Settings settings) {
        this.settings = settings;
        this.postgres = besidesThePool(settings.database());
    }

    /**
     * A connection for each look: a pool that readers have taken is not a Postgres that is away.
     */
    private static DataSource besidesThePool(Settings.Database database) {
        var source = new PGSimpleDataSource();
        source.setUrl(database.jdbcUrl());
        source.setUser(database.service().user());
        source.setPassword(database.service().password());
        source.setApplicationName("apihub-billing-gate");
        source.setConnectTimeout(LOOK_SECONDS);
        source.setSocketTimeout(LOOK_SECONDS);
        return source;
    }

    /** Whether the database was there at the last look. */
    public boolean isOpen() {
        return open;
    }

    /** What is missing; the empty string when open. */
    public String waitingFor() {
        return open ? "" : waitingFor;
    }

    /** Runs something once, when the gate opens first; at once if it is open. */
    public void onceOpen(Runnable task) {
        synchronized (whenOpen) {
            if (!open) {
                whenOpen.add(task);
                return;
            }
        }
        task.run();
    }

    @Override
    public void start() {
        watcher = Thread.ofPlatform().name("database-gate").daemon().start(this::watch);
    }

    private void watch() {
        try {
            boolean stopped = false;
            while (!stopped) {
                look();
                stopped = stopping.await(open ? CHECK_MILLIS : RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            LOG.debug("gate interrupted", e);
        }
    }

    private void look() {
        try {
            waitingFor = "Postgres at " + settings.database().jdbcUrl();
            if (!migrated) {
                Migration.run(settings.database());
                migrated = true;
            }
            lookForSchema();
            opened();
        } catch (SQLException | RuntimeException e) {
            open = false;
            say(e);
        }
    }

    private void lookForSchema() throws SQLException {
        try (var connection = postgres.getConnection();
                var statement = connection.createStatement()) {
            waitingFor = "the operator's schema 'registry'";
            statement.execute(
                    "SELECT 1 FROM registry.tenant, registry.price_book, registry.price,"
                            + " registry.api_key, registry.model, registry.quota, registry.head"
                            + " LIMIT 0");
        }
    }

    private void opened() {
        if (open) {
            return;
        }
        waitingFor = "its listeners";
        synchronized (whenOpen) {
            // A task that fails is tried again at the next look; those that are done are not.
            while (!whenOpen.isEmpty()) {
                whenOpen.getFirst().run();
                whenOpen.removeFirst();
            }
            open = true;
        }
        LOG.info("the database is ready");
    }

    private void say(Exception failure) {
        long now = System.nanoTime();
        if (!waitingFor.equals(said) || now - saidAt > SAY_AGAIN_NANOS) {
            said = waitingFor;
            saidAt = now;
            LOG.warn("waiting for {}: {}", waitingFor, rootMessage(failure));
        }
    }

    private static String rootMessage(Throwable failure) {
        var root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().findFirst().orElse("");
    }

    @Override
    public void stop() {
        stopping.countDown();
        watcher = null;
    }

    @Override
    public boolean isRunning() {
        return watcher != null;
    }

    @Override
    public int getPhase() {
        return 0;
    }
}
