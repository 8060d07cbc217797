package io.apihub.operator.registry;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears what other sessions commit. A notification is a hint; whoever listens is also woken every
 * {@link #TICK_MILLIS}, so that nothing depends on one arriving.
 */
public final class RegistryListener implements AutoCloseable {

    /** The longest time between two calls of a listener while Postgres answers. */
    public static final int TICK_MILLIS = 250;

    private static final Logger LOG = LoggerFactory.getLogger(RegistryListener.class);

    private final DataSource database;
    private final Runnable onRegistry;
    private final Runnable onSession;
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Starts to listen.
     *
     * @param database gives connections of its own, not pooled ones: one is kept for good
     * @param onRegistry called after a commit to the registry, and at every tick; must not throw
     * @param onSession called after a change of a gateway's session, and at every tick; must not
     *     throw
     */
    public RegistryListener(DataSource database, Runnable onRegistry, Runnable onSession) {
        this.database = database;
        this.onRegistry = onRegistry;
        this.onSession = onSession;
        this.thread =
                Thread.ofPlatform().daemon().name("registry-listener").start(this::listenForEver);
    }

    private void listenForEver() {
        while (!closed) {
            try {
                listen();
            } catch (SQLException e) {
                if (!closed) {
                    LOG.warn(
                            "lost the connection that listens to the registry: {}", e.getMessage());
                    LockSupport.parkNanos(TICK_MILLIS * 1_000_000L);
                }
            }
        }
    }

    private void listen() throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("LISTEN " + RegistryDatabase.REGISTRY_CHANNEL);
            statement.execute("LISTEN " + RegistryDatabase.SESSION_CHANNEL);
            var postgres = connection.unwrap(PGConnection.class);
            while (!closed) {
                tell(postgres.getNotifications(TICK_MILLIS));
            }
        }
    }

    private void tell(PGNotification[] notifications) {
        boolean tick = notifications.length == 0;
        if (tick || names(notifications, RegistryDatabase.REGISTRY_CHANNEL)) {
            onRegistry.run();
        }
        if (tick || names(notifications, RegistryDatabase.SESSION_CHANNEL)) {
            onSession.run();
        }
    }

    private static boolean names(PGNotification[] notifications, String channel) {
        return Arrays.stream(notifications).anyMatch(note -> note.getName().equals(channel));
    }

    /** Stops; no listener is called afterwards, unless one takes longer than two seconds. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(2_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
