package io.apihub.billing.insight;

import io.apihub.billing.ledger.AccountsMoved;
import io.apihub.billing.usage.UsageBooked;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Tells all billing processes of what was committed, after the commit and apart from it: a notice
 * inside of the transaction would let all commits of a database queue for one lock.
 */
@Component
class Announcer implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);
    private static final int WAITING = 10_000;
    private static final int MOST_AT_ONCE = 500;

    /** What comes together goes together; nobody sees a fiftieth of a second. */
    private static final Duration GATHER = Duration.ofMillis(20);

    private final BlockingQueue<Notice> queue = new ArrayBlockingQueue<>(WAITING);
    private final JdbcTemplate jdbc;
    private final MeterRegistry metrics;
    private volatile @Nullable Thread worker;

    Announcer(JdbcTemplate jdbc, MeterRegistry metrics) {
        this.jdbc = jdbc;
        this.metrics = metrics;
    }

    @TransactionalEventListener(fallbackExecution = true)
    void booked(UsageBooked booked) {
        Notice.usage(booked.tenant(), booked.holds()).forEach(this::add);
    }

    @TransactionalEventListener(fallbackExecution = true)
    void moved(AccountsMoved moved) {
        add(new Notice.Money(List.copyOf(moved.accounts())));
    }

    /** Who watches is told less, never who pays made to wait. */
    private void add(Notice notice) {
        if (!queue.offer(notice)) {
            metrics.counter("apihub_billing_notices_dropped").increment();
        }
    }

    private void run() {
        try {
            while (true) {
                var first = queue.take();
                Thread.sleep(GATHER);
                var batch = new ArrayList<Notice>();
                batch.add(first);
                queue.drainTo(batch, MOST_AT_ONCE);
                send(batch);
            }
        } catch (InterruptedException e) {
            LOG.debug("announcer interrupted", e);
        }
    }

    private void send(List<Notice> batch) {
        try {
            jdbc.query(
                    "SELECT pg_notify(?, payload) FROM unnest(?::text[]) AS payload",
                    row -> {},
                    Notice.CHANNEL,
                    payloads(batch));
        } catch (DataAccessException | CannotCreateTransactionException e) {
            metrics.counter("apihub_billing_notices_dropped").increment(batch.size());
            LOG.debug("notices not sent", e);
        }
    }

    private static String[] payloads(List<Notice> batch) {
        var payloads = new ArrayList<String>();
        var accounts = new HashSet<Long>();
        for (var notice : batch) {
            switch (notice) {
                case Notice.Usage usage -> payloads.add(usage.payload());
                case Notice.Money money -> accounts.addAll(money.accounts());
            }
        }
        var all = List.copyOf(accounts);
        for (int i = 0; i < all.size(); i += MOST_AT_ONCE / 2) {
            payloads.add(
                    new Notice.Money(all.subList(i, Math.min(all.size(), i + MOST_AT_ONCE / 2)))
                            .payload());
        }
        return payloads.toArray(String[]::new);
    }

    @Override
    public void start() {
        worker = Thread.ofVirtual().name("announcer").start(this::run);
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
