package io.apihub.billing.usage;

import io.apihub.billing.ledger.Posting;
import io.apihub.billing.ledger.TransactionKind;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Books rated records within one transaction: rows, budgets, leases, accounts, ledger. */
final class Booker {

    private final UsageBooks books;
    private final RandomGenerator random;
    private final MeterRegistry metrics;

    Booker(UsageBooks books, RandomGenerator random, MeterRegistry metrics) {
        this.books = books;
        this.random = random;
        this.metrics = metrics;
    }

    /**
     * Books what is new.
     *
     * @return the timeline of Postgres
     */
    long book(List<Booking> bookings) {
        if (!bookings.isEmpty()) {
            bookNonEmpty(bookings);
        }
        return books.credit().reading().timeline();
    }

    private void bookNonEmpty(List<Booking> bookings) {
        var postings = postingIds(bookings);
        var firsts = firstOfEachHold(bookings);
        var fresh = books.usage().insert(firsts, postings);
        var settled =
                firsts.stream().filter(booking -> fresh.contains(booking.hold().uuid())).toList();
        var corrected = correct(bookings, settled);
        settle(settled, corrected, postings);
    }

    /** A batch may bring the same hold twice; the first one counts. */
    private static List<Booking> firstOfEachHold(List<Booking> bookings) {
        var firsts = new LinkedHashMap<UUID, Booking>();
        bookings.forEach(booking -> firsts.putIfAbsent(booking.hold().uuid(), booking));
        return List.copyOf(firsts.values());
    }

    /** What was said before, by corrected record. A correction that came first is the record. */
    private Map<Booking, Measures> correct(List<Booking> bookings, List<Booking> settled) {
        var before = new LinkedHashMap<Booking, Measures>();
        bookings.stream()
                .filter(booking -> booking.correction() && !settled.contains(booking))
                .sorted(Comparator.comparing(Booking::hold))
                .forEach(booking ->
                        books.usage()
                                .correct(booking)
                                .ifPresent(row -> before.put(booking, row.measures(booking))));
        return before;
    }

    private void settle(
            List<Booking> settled, Map<Booking, Measures> corrected, Map<UUID, UUID> postings) {
        var all = Stream.concat(settled.stream(), corrected.keySet().stream()).toList();
        var rows =
                SettlementRows.lock(
                        books.credit(),
                        all.stream()
                                .flatMap(booking -> booking.taken().stream())
                                .map(Booking.Take::leaseId)
                                .collect(Collectors.toSet()),
                        all.stream()
                                .filter(Booking::metered)
                                .map(Booking::tenantId)
                                .collect(Collectors.toSet()));
        var settlement = new Settlement(rows, books.ledger()::number);
        settled.forEach(settlement::settle);
        corrected.forEach(settlement::correct);
        rows.save(books.credit());
        var posted = settlement.postings(postings);
        books.ledger().post(posted);
        posted.forEach(this::count);
    }

    /** What should never happen is counted: the target of both is 0. */
    private void count(Posting posting) {
        if (posting.kind() == TransactionKind.OVERAGE) {
            metrics.counter("apihub_billing_overages").increment();
        } else if (posting.kind() == TransactionKind.LATE_USAGE) {
            metrics.counter("apihub_billing_late_usage_records").increment();
        }
    }

    private Map<UUID, UUID> postingIds(List<Booking> bookings) {
        var ids = new HashMap<UUID, UUID>();
        for (var booking : bookings) {
            ids.computeIfAbsent(
                    booking.tenantId(), tenant -> new UUID(random.nextLong(), random.nextLong()));
        }
        return ids;
    }
}
