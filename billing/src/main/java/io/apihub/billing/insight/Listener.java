package io.apihub.billing.insight;

import io.apihub.billing.database.DatabaseGate;
import io.apihub.billing.settings.Settings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Hears the notices of all billing processes, on one connection of its own, outside the pool. */
@Component
class Listener implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    private static final int WAIT_MILLIS = 5_000;
    private static final int AGAIN_MILLIS = 1_000;

    private final Settings settings;
    private final DatabaseGate gate;
    private final TenantFeeds feeds;
    private volatile @Nullable Thread worker;

    Listener(Settings settings, DatabaseGate gate, TenantFeeds feeds) {
        this.settings = settings;
        this.gate = gate;
        this.feeds = feeds;
    }

    private void run() {
        try {
            while (worker == Thread.currentThread()) {
                if (gate.isOpen()) {
                    listen();
                }
                Thread.sleep(AGAIN_MILLIS);
            }
        } catch (InterruptedException e) {
            LOG.debug("listener interrupted", e);
        }
    }

    private void listen() {
        try (var connection = connect();
                var statement = connection.createStatement()) {
            statement.execute("LISTEN " + Notice.CHANNEL);
            // What was told before that, nobody heard.
            feeds.reset();
            var notices = connection.unwrap(PGConnection.class);
            while (worker == Thread.currentThread()) {
                var heard = notices.getNotifications(WAIT_MILLIS);
                if (heard == null || heard.length == 0) {
                    statement.execute("SELECT 1");
                } else {
                    for (var notice : heard) {
                        take(notice.getParameter());
                    }
                }
            }
        } catch (SQLException | DataAccessException e) {
            LOG.debug("not listening", e);
        }
    }

    private void take(String payload) {
        try {
            feeds.take(Notice.parse(payload));
        } catch (IllegalArgumentException | DataAccessException e) {
            LOG.warn("a notice is passed over: {}", e.toString());
        }
    }

    private Connection connect() throws SQLException {
        var database = settings.database();
        var properties = new Properties();
        properties.setProperty("user", database.service().user());
        properties.setProperty("password", database.service().password());
        properties.setProperty("ApplicationName", "apihub-billing-events");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("loginTimeout", "5");
        properties.setProperty("socketTimeout", "30");
        return DriverManager.getConnection(database.jdbcUrl(), properties);
    }

    @Override
    public void start() {
        var thread = Thread.ofPlatform().name("insight-listener").daemon().unstarted(this::run);
        worker = thread;
        thread.start();
    }

    @Override
    public void stop() {
        var running = worker;
        worker = null;
        if (running != null) {
            running.interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return worker != null;
    }
}
