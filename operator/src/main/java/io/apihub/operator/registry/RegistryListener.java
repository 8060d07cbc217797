package io.apihub.operator.registry;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears what other sessions commit. A notification is a hint; whoever listens is also woken at
 * every tick, so that nothing depends on one arriving.
 */
public final class RegistryListener implements AutoCloseable {

    /** The longest time between two calls of a registry's listener while Postgres answers. */
    public static final int TICK_MILLIS = 250;

    private static final int LIMIT_TICK_MILLIS = 1_000;
    private static final Logger LOG = LoggerFactory.getLogger(RegistryListener.class);

    private final DataSource database;
    private final int tickMillis;
    private final Map<String, Runnable> listeners;
    private final Thread thread;
    private volatile boolean closed;

    private RegistryListener(
            String name, DataSource database, int tickMillis, Map<String, Runnable> listeners) {
        this.database = database;
        this.tickMillis = tickMillis;
        this.listeners = Map.copyOf(listeners);
        this.thread = Thread.ofPlatform().daemon().name(name).start(this::listenForEver);
    }

    /**
     * Starts to listen to the registry.
     *
     * @param database gives connections of its own, not pooled ones: one is kept for good
     * @param onRegistry called after a commit to the registry, and at every tick; must not throw
     * @param onSession called after a change of a gateway's session, and at every tick; must not
     *     throw
     */
    public static RegistryListener start(
            DataSource database, Runnable onRegistry, Runnable onSession) {
        return new RegistryListener(
                "registry-listener",
                database,
                TICK_MILLIS,
                Map.of(
                        RegistryDatabase.REGISTRY_CHANNEL,
                        onRegistry,
                        RegistryDatabase.SESSION_CHANNEL,
                        onSession));
    }

    /**
     * Starts to listen to billing's limit states.
     *
     * @param database as above
     * @param onChange called after a change, and once a second; must not throw
     */
    public static RegistryListener ofLimitStates(DataSource database, Runnable onChange) {
        return new RegistryListener(
                "limit-listener",
                database,
                LIMIT_TICK_MILLIS,
                Map.of(LimitStateTable.CHANNEL, onChange));
    }

    private void listenForEver() {
        while (!closed) {
            try {
                listen();
            } catch (SQLException e) {
                if (!closed) {
                    LOG.warn(
                            "lost the connection that listens to {}: {}",
                            listeners.keySet(),
                            e.getMessage());
                    LockSupport.parkNanos(TICK_MILLIS * 1_000_000L);
                }
            }
        }
    }

    private void listen() throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement()) {
            for (var channel : listeners.keySet()) {
                statement.execute("LISTEN " + channel);
            }
            var postgres = connection.unwrap(PGConnection.class);
            while (!closed) {
                tell(postgres.getNotifications(tickMillis));
            }
        }
    }

    private void tell(PGNotification[] notifications) {
        boolean tick = notifications.length == 0;
        listeners.forEach((channel, listener) -> {
            if (tick || names(notifications, channel)) {
                listener.run();
            }
        });
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
