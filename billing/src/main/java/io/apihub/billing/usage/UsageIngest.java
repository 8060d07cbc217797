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

    /**
     * Takes a batch in; when it returns, every record is committed, as usage or as a reject. Safe
     * to repeat, in any order and from several gateways at once.
     *
     * @throws org.springframework.dao.DataAccessException if the database failed; nothing of the
     *     failing part is stored then, and the batch is to be sent again
     */
    Outcome ingest(String gateway, List<UsageRecord> records) {
        try {
            return attempt(gateway, records);
        } catch (BadRecord
                | DataIntegrityViolationException
                | NotCovered
                | ReferenceReused
                | ArithmeticException e) {
            return records.size() == 1
                    ? reject(gateway, records.getFirst(), e)
                    : ingest(gateway, records.subList(0, records.size() / 2))
                            .and(
                                    ingest(
                                            gateway,
                                            records.subList(records.size() / 2, records.size())));
        }
    }

    private Outcome reject(String gateway, UsageRecord record, RuntimeException why) {
        var cause = NestedExceptionUtils.getMostSpecificCause(why);
        var rejected = new RejectedUsage(record, String.valueOf(cause.getMessage()));
        return committed(gateway, List.of(), List.of(rejected));
    }

    private Outcome attempt(String gateway, List<UsageRecord> records) {
        var bookings = new ArrayList<Booking>();
        var rejected = new ArrayList<RejectedUsage>();
        for (var record : records) {
            try {
                bookings.add(reader.read(record, gateway));
            } catch (BadRecord e) {
                rejected.add(new RejectedUsage(record, String.valueOf(e.getMessage())));
            }
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return committed(gateway, bookings, rejected);
            } catch (PessimisticLockingFailureException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                LOG.info("batch again, after {}", e.toString());
            }
        }
    }

    private Outcome committed(
            String gateway, List<Booking> bookings, List<RejectedUsage> rejected) {
        var shadows = booker.prepare(bookings);
        var outcome =
                books.credit()
                        .inTransaction(() -> {
                            rejected.forEach(bad -> books.usage().reject(bad, gateway));
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
