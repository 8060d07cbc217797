package io.apihub.billing.usage;

import io.apihub.billing.ledger.NotCovered;
import io.apihub.billing.ledger.ReferenceReused;
import io.apihub.usage.v1.UsageRecord;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.PessimisticLockingFailureException;

/**
 * Takes batches of usage in: stored once by hold id; new rows settle their leases and are posted,
 * all in one transaction. Locks: usage rows, rollups, budgets, leases, accounts, each in order. A
 * batch that the database refuses is halved until the bad record is alone; that one is kept apart.
 */
public final class UsageIngest {

    private static final Logger LOG = LoggerFactory.getLogger(UsageIngest.class);
    private static final int ATTEMPTS = 5;

    private final UsageBooks books;
    private final RecordReader reader;
    private final Booker booker;
    private final MeterRegistry metrics;

    UsageIngest(UsageBooks books, RandomGenerator random, MeterRegistry metrics) {
        this.books = books;
        this.reader = new RecordReader(books.prices());
        this.booker = new Booker(books, random, metrics);
        this.metrics = metrics;
    }

    /**
     * What became of a batch.
     *
     * @param timeline of Postgres at the commit
     * @param rejected the records that are kept apart
     */
    record Outcome(long timeline, List<RejectedUsage> rejected) {
        private Outcome and(Outcome other) {
            var both = new ArrayList<>(rejected);
            both.addAll(other.rejected);
            return new Outcome(other.timeline, both);
        }
    }

    /** Reads and takes in the records of one gateway; see {@link #take}. */
    Outcome ingest(String gateway, List<UsageRecord> records) {
        return take(read(gateway, records));
    }

    /**
     * Reads and rates records: all that can be done before it is their turn. For any thread.
     *
     * @throws org.springframework.dao.DataAccessException if a price could not be read
     */
    List<Arrival> read(String gateway, List<UsageRecord> records) {
        return records.stream().map(record -> read(gateway, record)).toList();
    }

    private Arrival read(String gateway, UsageRecord record) {
        try {
            return new Arrival(gateway, record, reader.read(record, gateway), "");
        } catch (BadRecord e) {
            return new Arrival(gateway, record, null, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Takes a batch in; when it returns, every record is committed, as usage or as a reject. Safe
     * to repeat, in any order and of several gateways at once.
     *
     * @throws org.springframework.dao.DataAccessException if the database failed; nothing of the
     *     failing part is stored then, and the batch is to be sent again
     */
    Outcome take(List<Arrival> arrivals) {
        try {
            return attempt(arrivals);
        } catch (BadRecord
                | DataIntegrityViolationException
                | NotCovered
                | ReferenceReused
                | ArithmeticException e) {
            int half = arrivals.size() / 2;
            return half == 0
                    ? reject(arrivals.getFirst(), e)
                    : take(arrivals.subList(0, half))
                            .and(take(arrivals.subList(half, arrivals.size())));
        }
    }

    private Outcome reject(Arrival arrival, RuntimeException why) {
        var cause = NestedExceptionUtils.getMostSpecificCause(why);
        return committed(List.of(), List.of(arrival.rejected(String.valueOf(cause.getMessage()))));
    }

    private Outcome attempt(List<Arrival> arrivals) {
        var bookings = new ArrayList<Booking>(arrivals.size());
        var rejected = new ArrayList<RejectedUsage>();
        for (var arrival : arrivals) {
            var booking = arrival.booking();
            if (booking == null) {
                rejected.add(arrival.rejected(arrival.fault()));
            } else {
                bookings.add(booking);
            }
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return committed(bookings, rejected);
            } catch (PessimisticLockingFailureException
                    | DuplicateKeyException
                    | ShadowCounts.WindowGone e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                LOG.info("batch again, after {}", e.toString());
            }
        }
    }

    private Outcome committed(List<Booking> bookings, List<RejectedUsage> rejected) {
        var shadows = booker.prepare(bookings);
        var outcome =
                books.credit()
                        .inTransaction(() -> {
                            rejected.forEach(books.usage()::reject);
                            return new Outcome(booker.book(bookings, shadows), rejected);
                        });
        for (var bad : rejected) {
            metrics.counter("apihub_billing_usage_rejected").increment();
            LOG.error("usage rejected, kept in billing.usage_rejected: {}", bad.reason());
        }
        metrics.counter("apihub_billing_usage_records").increment(bookings.size());
        return outcome;
    }
}
