package io.apihub.billing.budget;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;

/** Takes leases back: what gateways return, and what closed incarnations leave behind. */
final class LeaseReturns {

    /** So many leases are closed in one transaction: nobody should wait long for a row. */
    private static final int CHUNK = 5_000;

    private final CreditStore store;

    LeaseReturns(CreditStore store) {
        this.store = store;
    }

    /** Takes back. Safe to repeat and in any order, as totals only grow. */
    void giveBack(List<Leases.GivenBack> returns, long timeline) {
        if (returns.isEmpty()) {
            return;
        }
        store.inTransaction(() -> {
            if (!isOn(timeline)) {
                return false;
            }
            var locked = Locked.of(store, returns.stream().map(Leases.GivenBack::lease).toList());
            returns.forEach(back -> locked.change(back.lease(), lease -> returned(lease, back)));
            for (var back : returns) {
                locked.arrives(back.lease(), back.arrivalMillis());
            }
            locked.save();
            return true;
        });
    }

    /** Of a rate the part comes back whole, when the gateway is done with it. */
    private static Lease returned(Locked.Row row, Leases.GivenBack back) {
        long total = row.isRate() && back.closing() ? row.lease().granted() : back.total();
        return row.isRate() && !back.closing()
                ? row.lease()
                : row.lease().giveBack(total, back.closing());
    }

    /** Takes back all but what is open, a chunk at a time; on another timeline nothing. */
    void keep(UUID incarnation, Map<Long, Long> open, long timeline) {
        var numbers = store.openLeases(incarnation, Integer.MAX_VALUE);
        for (int from = 0; from < numbers.size(); from += CHUNK) {
            var chunk = numbers.subList(from, Math.min(numbers.size(), from + CHUNK));
            store.inTransaction(() -> {
                if (store.reading().timeline() == timeline) {
                    keep(chunk, open);
                }
                return true;
            });
        }
    }

    private void keep(List<Long> numbers, Map<Long, Long> open) {
        var locked = Locked.of(store, numbers);
        for (var number : numbers) {
            locked.change(number, row -> kept(row, open.getOrDefault(number, 0L)));
        }
        locked.save();
    }

    /** Of slots nobody knows which request has one. */
    private static Lease kept(Locked.Row row, long open) {
        if (row.isSlots()) {
            return row.lease();
        }
        return row.isRate() ? row.lease().close() : row.lease().keep(open);
    }

    /**
     * Closes an incarnation and all that it has, a chunk at a time; safe to repeat.
     *
     * @return false if the store is on another timeline: then it may not have what is to be closed
     */
    boolean close(UUID incarnation, long timeline) {
        boolean here =
                store.inTransaction(() -> {
                    boolean on = isOn(timeline);
                    if (on) {
                        store.close(incarnation);
                    }
                    return on;
                });
        while (here) {
            var numbers = store.openLeases(incarnation, CHUNK);
            if (numbers.isEmpty()) {
                return true;
            }
            here = store.inTransaction(() -> isOn(timeline) && close(numbers) >= 0);
        }
        return false;
    }

    private boolean isOn(long timeline) {
        return timeline == 0 || store.reading().timeline() == timeline;
    }

    /** Closes all that an incarnation has, a chunk at a time; safe to repeat. */
    Closing closeAll(UUID incarnation) {
        int leases = 0;
        long micros = 0;
        while (true) {
            var numbers = store.openLeases(incarnation, CHUNK);
            if (numbers.isEmpty()) {
                return new Closing(leases, micros);
            }
            micros += store.inTransaction(() -> close(numbers));
            leases += numbers.size();
        }
    }

    /**
     * What was closed.
     *
     * @param openMicros of accounts, that came back
     */
    record Closing(int leases, long openMicros) {}

    /** Closes leases whole; what they had open is free again. */
    long close(List<Long> numbers) {
        var locked = Locked.of(store, numbers);
        numbers.forEach(number -> locked.change(number, row -> row.lease().close()));
        locked.save();
        return locked.releasedMicros();
    }

    /** Leases and their pots, locked. */
    private static final class Locked {

        private final CreditStore store;
        private final long now;
        private final Map<Pot.Id, Pot> pots = new LinkedHashMap<>();
        private final Map<Long, Lease> leases;
        private final Map<Long, Lease> before;
        private final Map<Long, Long> arrivals = new HashMap<>();

        record Row(Lease lease, boolean isRate) {
            boolean isSlots() {
                return lease.pot().kind() == Pot.Kind.SHARE && !isRate;
            }
        }

        private Locked(CreditStore store, Collection<Long> numbers) {
            this.store = store;
            store.lockBudgetsOfLeases(numbers, List.of(), List.of())
                    .forEach(pot -> pots.put(pot.id(), pot));
            leases = new TreeMap<>(store.lockLeases(numbers));
            before = new TreeMap<>(leases);
            if (has(Pot.Kind.SHARE)) {
                store.lockSharesOfLeases(numbers).forEach(pot -> pots.put(pot.id(), pot));
            }
            if (has(Pot.Kind.ACCOUNT)) {
                for (var account : store.lockAccountsById(accounts())) {
                    var money = new Money(account);
                    pots.put(money.id(), money);
                }
            }
            now = has(Pot.Kind.SHARE) ? store.reading().timeMillis() : 0;
        }

        static Locked of(CreditStore store, Collection<Long> numbers) {
            return new Locked(store, new TreeSet<>(numbers));
        }

        private boolean has(Pot.Kind kind) {
            return leases.values().stream().anyMatch(lease -> lease.pot().kind() == kind);
        }

        private Set<Long> accounts() {
            var numbers = new TreeSet<Long>();
            leases.values().stream()
                    .filter(lease -> lease.pot().kind() == Pot.Kind.ACCOUNT)
                    .forEach(lease -> numbers.add(lease.pot().number()));
            return numbers;
        }

        void change(long number, Function<Row, Lease> how) {
            var lease = leases.get(number);
            if (lease != null && !lease.closed()) {
                leases.put(number, how.apply(new Row(lease, isRate(lease))));
            }
        }

        private boolean isRate(Lease lease) {
            return pots.get(lease.pot()) instanceof Share share && !share.key().isSlots();
        }

        void arrives(long number, long millis) {
            arrivals.merge(number, millis, Math::max);
        }

        long releasedMicros() {
            return before.values().stream()
                    .filter(lease -> lease.pot().kind() == Pot.Kind.ACCOUNT)
                    .mapToLong(this::released)
                    .sum();
        }

        private long released(Lease lease) {
            return lease.open() - leases.getOrDefault(lease.number(), lease).open();
        }

        void save() {
            var changed = new ArrayList<Lease>();
            before.forEach((number, lease) -> {
                var after = leases.getOrDefault(number, lease);
                if (!after.equals(lease)) {
                    changed.add(after);
                    release(after, released(lease));
                }
            });
            store.save(pots.values(), changed);
        }

        private void release(Lease lease, long amount) {
            var pot = pots.get(lease.pot());
            if (pot == null) {
                throw new IllegalStateException("no pot of lease " + lease);
            }
            if (isRate(lease) && pot instanceof Share share) {
                var arrival = arrivals.get(lease.number());
                if (arrival == null) {
                    share.absorbLost(amount, now);
                } else {
                    share.absorb(amount, arrival, now);
                }
            } else {
                pot.release(amount);
            }
        }
    }
}
