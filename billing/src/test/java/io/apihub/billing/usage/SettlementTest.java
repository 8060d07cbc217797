package io.apihub.billing.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.account.Account;
import io.apihub.billing.budget.Lease;
import io.apihub.billing.budget.Pot;
import io.apihub.billing.ledger.Entry;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.billing.testing.Records;
import io.apihub.model.money.Credits;
import io.apihub.model.price.RatedUsage;
import io.apihub.model.usage.HoldId;
import io.apihub.model.usage.TokenUsage;
import java.math.BigDecimal;
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
            var rows = new SettlementRows(leases, List.of(), accounts);
            var settlement = new Settlement(rows, account -> 100 + account.wireName().length());
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
            long spent = 0;
            for (var lease : leases.values()) {
                var after = Objects.requireNonNull(rows.lease(lease.number()));
                assertThat(after.open()).isBetween(0L, lease.open());
                spent += after.spent() - lease.spent();
            }
            long usage =
                    -postings.stream()
                            .filter(posting -> posting.kind() == TransactionKind.USAGE)
                            .flatMap(posting -> posting.entries().stream())
                            .map(Entry::amount)
                            .filter(Credits::isNegative)
                            .mapToLong(Credits::micros)
                            .sum();
            assertThat(usage).as("seed %s: spent is what is posted", seed).isEqualTo(spent);
            long unleased =
                    accounts.values().stream()
                            .mapToLong(account ->
                                    account.leased().micros()
                                            - rows.account(account.tenantId()).leased())
                            .sum();
            assertThat(unleased).as("seed %s: and no longer leased", seed).isEqualTo(spent);
        }
    }

    private static Map<UUID, Account> accounts() {
        var accounts = new HashMap<UUID, Account>();
        for (int t = 0; t < TENANTS; t++) {
            var tenant = new UUID(0, t);
            accounts.put(
                    tenant,
                    new Account(t, tenant, Credits.ZERO, new Credits(10_000), Credits.ZERO));
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

    private static Map<Long, Lease> leases(SplittableRandom random) {
        var leases = new HashMap<Long, Lease>();
        for (long id = 0; id < 9; id++) {
            long open = random.nextLong(0, 500);
            leases.put(
                    id,
                    new Lease(
                            id,
                            new Lease.Request(new UUID(0, 0), id),
                            0,
                            new Pot.Id(Pot.Kind.ACCOUNT, id % TENANTS),
                            open + 7,
                            3,
                            4,
                            0,
                            false));
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
            taken.add(new Booking.Take(lease, amount));
        }
        long cost = random.nextLong(0, 200);
        var id = HoldId.mint(InstantSource.fixed(Instant.EPOCH), random);
        return new Booking(
                id,
                new UUID(0, tenant),
                List.copyOf(taken),
                new Measures(1, 0, 0, new Credits(cost)),
                Measures.NONE,
                new Credits(Math.max(0, cost - held)),
                random.nextInt(5) > 0,
                false,
                row(id, new Credits(cost)));
    }

    private static UsageRow row(HoldId id, Credits cost) {
        var none = BigDecimal.ZERO;
        var hold = new Records(new UUID(0, 1), new UUID(0, 2), 1).hold(1, 1);
        return new UsageRow(
                new UsageColumns.Source(
                        Records.measured(hold, 0, 0),
                        id,
                        TokenUsage.NONE,
                        new RatedUsage(none, none, none, none, none, none, none, cost),
                        Credits.ZERO,
                        "g"));
    }
}
