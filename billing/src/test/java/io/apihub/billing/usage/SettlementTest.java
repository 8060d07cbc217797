package io.apihub.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.account.Account;
import io.apihub.billing.budget.OpenLease;
import io.apihub.billing.ledger.Entry;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.model.money.Credits;
import io.apihub.model.usage.HoldId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SettlementTest {

    private static final int TENANTS = 3;

    @Test
    void everyMicroUnitOfCostIsPostedExactlyOnceAndNoLeaseIsOverdrawn() {
        for (long seed = 0; seed < 2_000; seed++) {
            var random = new SplittableRandom(seed);
            var accounts = accounts();
            var leases = leases(random);
            var settlement =
                    new Settlement(leases, accounts, account -> 100 + account.wireName().length());
            long cost = 0;

            for (int i = 0; i < 30; i++) {
                var booking = booking(random);
                settlement.settle(booking);
                cost += booking.metered() ? booking.cost().micros() : 0;
            }

            var postings = settlement.postings(postingIds());
            long posted =
                    postings.stream()
                            .flatMap(posting -> posting.entries().stream())
                            .filter(entry -> entry.amount().isPositive())
                            .mapToLong(entry -> entry.amount().micros())
                            .sum();
            assertThat(posted).as("seed %s", seed).isEqualTo(cost);
            settlement
                    .spentByLease()
                    .forEach((id, spent) ->
                            assertThat(spent)
                                    .isBetween(
                                            0L,
                                            Objects.requireNonNull(leases.get(id)).openMicros()));
            long usage =
                    -postings.stream()
                            .filter(posting -> posting.kind() == TransactionKind.USAGE)
                            .flatMap(posting -> posting.entries().stream())
                            .map(Entry::amount)
                            .filter(Credits::isNegative)
                            .mapToLong(Credits::micros)
                            .sum();
            long unleased = -settlement.leasedChanges().values().stream().mapToLong(c -> c).sum();
            assertThat(usage).as("seed %s: spent is what is posted", seed).isEqualTo(unleased);
        }
    }

    private static Map<UUID, Account> accounts() {
        var accounts = new HashMap<UUID, Account>();
        for (int t = 0; t < TENANTS; t++) {
            var tenant = new UUID(0, t);
            accounts.put(tenant, new Account(t, tenant, Credits.ZERO, Credits.ZERO, Credits.ZERO));
        }
        return accounts;
    }

    private static Map<UUID, UUID> postingIds() {
        var ids = new HashMap<UUID, UUID>();
        for (int t = 0; t < TENANTS; t++) {
            ids.put(new UUID(0, t), new UUID(1, t));
        }
        return ids;
    }

    private static Map<Long, OpenLease> leases(SplittableRandom random) {
        var leases = new HashMap<Long, OpenLease>();
        for (long id = 0; id < 9; id++) {
            leases.put(id, new OpenLease(id, id % TENANTS, random.nextLong(0, 500)));
        }
        return leases;
    }

    private static Booking booking(SplittableRandom random) {
        int tenant = random.nextInt(TENANTS);
        var taken = new ArrayList<Booking.Take>();
        long held = 0;
        for (int i = 0; i < random.nextInt(4); i++) {
            long lease = tenant + (long) TENANTS * random.nextInt(4);
            long amount = random.nextLong(0, 100);
            held += amount;
            // Lease 9 and above are unknown: the database never granted them.
            taken.add(new Booking.Take(lease, new Credits(amount)));
        }
        long cost = random.nextLong(0, 200);
        return new Booking(
                HoldId.mint(InstantSource.fixed(Instant.EPOCH), random),
                new UUID(0, tenant),
                List.copyOf(taken),
                new Credits(cost),
                new Credits(Math.max(0, cost - held)),
                random.nextInt(5) > 0,
                false,
                Map.of());
    }
}
