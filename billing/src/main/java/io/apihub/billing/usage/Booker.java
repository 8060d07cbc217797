package io.apihub.billing.usage;

import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.ledger.Posting;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.model.money.Credits;
import io.apihub.model.usage.HoldId;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
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
    private final ShadowCounts shadow;

    Booker(UsageBooks books, RandomGenerator random, MeterRegistry metrics) {
        this.books = books;
        this.random = random;
        this.metrics = metrics;
        this.shadow = new ShadowCounts(books.shadows(), books.credit(), books.keyNames());
    }

    /** What the records count against in Shadow; makes rows, so call it outside a transaction. */
    Map<Booking, List<ShadowCounts.Want>> prepare(List<Booking> bookings) {
        return shadow.prepare(bookings);
    }

    /**
     * Books what is new, in the caller's transaction.
     *
     * @return the timeline of the store
     */
    long book(List<Booking> bookings, Map<Booking, List<ShadowCounts.Want>> shadows) {
        var reading = books.credit().reading();
        if (!bookings.isEmpty()) {
            var postings = postingIds(bookings);
            var firsts = firstOfEachHold(bookings);
            var fresh = books.usage().insert(firsts, postings);
            var settled =
                    fresh.size() == firsts.size()
                            ? firsts
                            : firsts.stream()
                                    .filter(booking -> fresh.contains(booking.hold().uuid()))
                                    .toList();
            var corrected = correct(bookings, settled);
            settle(new Work(settled, corrected, shadows), postings, reading.timeMillis());
        }
        return reading.timeline();
    }

    /** A batch may bring the same hold twice; the first one counts. */
    private static List<Booking> firstOfEachHold(List<Booking> bookings) {
        var seen = HashSet.<UUID>newHashSet(bookings.size());
        var firsts = new ArrayList<Booking>(bookings.size());
        for (var booking : bookings) {
            if (seen.add(booking.hold().uuid())) {
                firsts.add(booking);
            }
        }
        return firsts;
    }

    /** What was said before, by corrected record. A correction that came first is the record. */
    private Map<Booking, UsageStore.Before> correct(List<Booking> bookings, List<Booking> settled) {
        var before = new LinkedHashMap<Booking, UsageStore.Before>();
        bookings.stream()
                .filter(Booking::correction)
                .filter(booking -> !settled.contains(booking))
                .sorted(Comparator.comparing(Booking::hold))
                .forEach(booking ->
                        books.usage().correct(booking).ifPresent(row -> before.put(booking, row)));
        return before;
    }

    /** What is new of a batch. */
    private record Work(
            List<Booking> settled,
            Map<Booking, UsageStore.Before> corrected,
            Map<Booking, List<ShadowCounts.Want>> shadows) {

        Stream<Booking> all() {
            return Stream.concat(settled.stream(), corrected.keySet().stream());
        }

        List<ShadowCounts.Want> shadowsOf(Booking booking) {
            return shadows.isEmpty() ? List.of() : shadows.getOrDefault(booking, List.of());
        }

        SettlementRows.Wanted rows() {
            return new SettlementRows.Wanted(
                    all().flatMap(booking -> booking.taken().stream())
                            .map(Booking.Take::leaseId)
                            .collect(Collectors.toSet()),
                    corrected.values().stream()
                            .flatMap(before -> before.observedIn().stream())
                            .collect(Collectors.toSet()),
                    ShadowCounts.rows(
                            settled.stream().flatMap(booking -> shadowsOf(booking).stream())),
                    all().filter(Booking::metered)
                            .map(Booking::tenantId)
                            .collect(Collectors.toSet()));
        }
    }

    private void settle(Work work, Map<UUID, UUID> postings, long nowMillis) {
        var rows = SettlementRows.lock(books.credit(), work.rows());
        var settlement = new Settlement(rows, books.ledger()::number);
        var observed = new LinkedHashMap<Booking, List<Long>>();
        for (var booking : work.settled()) {
            settlement.settle(booking);
            var in = shadow.count(booking, work.shadowsOf(booking), rows);
            if (!in.isEmpty() && booking.mayBeCorrected()) {
                observed.put(booking, in);
            }
        }
        correct(work.corrected(), observed, settlement, rows);
        rows.save(books.credit(), nowMillis);
        if (!observed.isEmpty()) {
            books.usage().observed(observed);
        }
        var posted = settlement.postings(postings);
        books.ledger().post(posted);
        posted.forEach(this::count);
    }

    /** What the estimate said in this very batch is counted in {@code observed} only. */
    private void correct(
            Map<Booking, UsageStore.Before> corrected,
            Map<Booking, List<Long>> observed,
            Settlement settlement,
            SettlementRows rows) {
        var here = new HashMap<HoldId, List<Long>>();
        observed.forEach((booking, in) -> here.put(booking.hold(), in));
        var lost = lost(corrected.keySet());
        corrected.forEach((booking, before) -> {
            var counted = before.measures(booking);
            var loss = lost.getOrDefault(Settlement.late(booking), Credits.ZERO).negated();
            settlement.correct(booking, counted, loss);
            var in = here.getOrDefault(booking.hold(), before.observedIn());
            ShadowCounts.correct(booking, counted, in, rows);
        });
    }

    /** What estimates of earlier batches took from the account of losses: below zero. */
    private Map<String, Credits> lost(Collection<Booking> corrected) {
        return corrected.isEmpty()
                ? Map.of()
                : books.ledger()
                        .moved(
                                books.ledger().number(PlatformAccount.LATE_USAGE),
                                corrected.stream().map(Settlement::late).toList());
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
