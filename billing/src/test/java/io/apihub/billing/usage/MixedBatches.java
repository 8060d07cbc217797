package io.apihub.billing.usage;

import io.apihub.billing.budget.Answer;
import io.apihub.billing.budget.Ask;
import io.apihub.billing.budget.CreditOffice;
import io.apihub.billing.budget.CreditStore;
import io.apihub.billing.budget.Gateway;
import io.apihub.billing.budget.Leases;
import io.apihub.billing.budget.LimitKey;
import io.apihub.billing.budget.LimitName;
import io.apihub.billing.budget.Want;
import io.apihub.billing.testing.Bank;
import io.apihub.billing.testing.Records;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.Taken;
import io.apihub.usage.v1.UsageRecord;
import io.apihub.usage.v1.UsageRecord.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All that billing writes, at random: grants, usage with repeats and corrections, returns, ledger
 * grants, housekeeping, gateways that vanish, come back and close. In any order and by any number
 * of threads.
 */
final class MixedBatches {

    static final List<String> BUDGETS = List.of("day", "month", "tight");
    static final List<String> SHARES = List.of("slots", "rate");

    private static final int KEPT = 200;

    private final Bank bank;
    private final Target target;
    private final List<Gateway> gateways = new CopyOnWriteArrayList<>();
    private final List<UsageRecord> estimates = Collections.synchronizedList(new ArrayList<>());
    private final List<Taking> takings = Collections.synchronizedList(new ArrayList<>());
    private final AtomicLong credited = new AtomicLong();
    private final AtomicLong holds = new AtomicLong();

    /** Whose money and limits are fought for. */
    record Target(List<UUID> tenants, List<String> namespaces, long priceVersion) {}

    /** What one request for leases got. */
    private record Taking(UUID tenant, UUID incarnation, List<Answer.Part> parts) {}

    MixedBatches(Bank bank, Target target) {
        this.bank = bank;
        this.target = target;
        for (int i = 0; i < 3; i++) {
            gateways.add(new Gateway(bank));
        }
    }

    /** Micro-units that were granted to tenants. */
    long credited() {
        return credited.get();
    }

    /** Requests of which a record was sent, some of them twice. */
    long holds() {
        return holds.get();
    }

    /** One batch of any kind. */
    void make(Random random) {
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5, 6 -> grant(random);
            case 7, 8, 9, 10, 11, 12 -> report(random);
            case 13, 14, 15 -> giveBack(random);
            case 16, 17 -> credit(random);
            case 18 -> keepHouse(random);
            default -> turnOver(random);
        }
    }

    private void grant(Random random) {
        var asks = new ArrayList<Ask>();
        var tenants = new ArrayList<UUID>();
        int size = 1 + random.nextInt(6);
        for (int i = 0; i < size; i++) {
            int which = random.nextInt(target.tenants().size());
            tenants.add(target.tenants().get(which));
            asks.add(gateway(random).ask(wants(which, random)));
        }
        var answers = bank.get(Leases.class).grant(asks);
        for (int i = 0; i < size; i++) {
            if (answers.get(i) instanceof Answer.Granted granted) {
                var life = asks.get(i).request().incarnation();
                takings.add(new Taking(tenants.get(i), life, granted.parts()));
            } else if (answers.get(i) instanceof Answer.Refused refused) {
                bank.get(CreditOffice.class).recall(refused.recalls());
            }
        }
    }

    private Gateway gateway(Random random) {
        return gateways.get(random.nextInt(gateways.size()));
    }

    private Want[] wants(int tenant, Random random) {
        var wants = new ArrayList<Want>();
        wants.add(want(new Want.OfAccount(target.tenants().get(tenant)), random));
        BUDGETS.forEach(quota -> wants.add(want(new Want.OfBudget(key(tenant, quota), 0), random)));
        SHARES.forEach(quota -> wants.add(want(new Want.OfShare(key(tenant, quota)), random)));
        Collections.shuffle(wants, random);
        return wants.subList(0, 1 + random.nextInt(wants.size())).toArray(Want[]::new);
    }

    private static Want want(Want.Subject subject, Random random) {
        long needed = 1L + random.nextInt(40);
        return new Want(subject, needed, needed + random.nextInt(100));
    }

    private LimitKey key(int tenant, String quota) {
        var namespace = target.namespaces().get(tenant);
        return new LimitKey(
                new LimitName(target.tenants().get(tenant), namespace, quota, "all"), "");
    }

    private List<Taking> some(Random random) {
        synchronized (takings) {
            var some = new ArrayList<Taking>();
            for (int i = 0; i < 1 + random.nextInt(8) && !takings.isEmpty(); i++) {
                some.add(takings.get(random.nextInt(takings.size())));
            }
            if (takings.size() > KEPT) {
                takings.removeFirst();
            }
            return some;
        }
    }

    private void report(Random random) {
        var records = new ArrayList<UsageRecord>();
        for (var taking : some(random)) {
            var record = record(taking, random);
            records.add(record);
            if (record.getOutcome() == Outcome.OUTCOME_ESTIMATED) {
                estimates.add(record);
            }
        }
        int fresh = records.size();
        if (!records.isEmpty() && random.nextInt(3) == 0) {
            records.add(records.getFirst());
        }
        synchronized (estimates) {
            if (!estimates.isEmpty() && random.nextBoolean()) {
                records.add(corrected(estimates.get(random.nextInt(estimates.size())), random));
            }
        }
        Collections.shuffle(records, random);
        var outcome = bank.get(UsageIngest.class).ingest("g", records);
        if (!outcome.rejected().isEmpty()) {
            throw new IllegalStateException("rejected: " + outcome.rejected());
        }
        holds.addAndGet(fresh);
    }

    private UsageRecord record(Taking taking, Random random) {
        var hold = hold(taking);
        return random.nextInt(4) == 0
                ? Records.record(hold, Outcome.OUTCOME_ESTIMATED)
                        .setTokens(Records.measured(hold, 1, random.nextInt(20)).getTokens())
                        .build()
                : Records.measured(hold, random.nextInt(20), random.nextInt(30));
    }

    private Hold hold(Taking taking) {
        var hold =
                new Records(taking.tenant(), taking.incarnation(), target.priceVersion())
                        .holdAt(Instant.now(), 40);
        for (var part : taking.parts()) {
            hold.addTaken(Taken.newBuilder().setLeaseId(part.lease()).setAmount(20));
        }
        return hold.build();
    }

    private static UsageRecord corrected(UsageRecord estimate, Random random) {
        return Records.measured(estimate.getHold(), 2, random.nextInt(40)).toBuilder()
                .setCorrection(true)
                .build();
    }

    private void giveBack(Random random) {
        var returns = new ArrayList<Leases.GivenBack>();
        for (var taking : some(random)) {
            for (var part : taking.parts()) {
                returns.add(
                        new Leases.GivenBack(
                                part.lease(),
                                random.nextInt(60),
                                random.nextInt(3) == 0,
                                System.currentTimeMillis()));
            }
        }
        Collections.shuffle(returns, random);
        bank.get(Leases.class).giveBack(returns);
    }

    private void credit(Random random) {
        long micros = 1L + random.nextInt(500);
        bank.grant(target.tenants().get(random.nextInt(target.tenants().size())), micros);
        credited.addAndGet(micros);
    }

    private void keepHouse(Random random) {
        var rounds = bank.get(CreditOffice.class).rounds();
        // The rounds of one process are made by one thread.
        synchronized (rounds) {
            rounds.followPolicies();
            rounds.lookAfterVanished();
            rounds.remind();
        }
        rounds.makeRoom(target.tenants().get(random.nextInt(target.tenants().size())), 1_000_000);
    }

    /** A gateway vanishes and comes back, or is drained and another takes its place. */
    private void turnOver(Random random) {
        var store = bank.get(CreditStore.class);
        var gateway = gateway(random);
        switch (random.nextInt(4)) {
            case 0 -> {
                if (gateways.remove(gateway)) {
                    gateways.add(new Gateway(bank));
                    gateway.close();
                }
            }
            case 1 -> store.hello(gateway.incarnation(), "again");
            case 2 -> store.seen(gateway.incarnation());
            default -> store.park(gateway.incarnation(), "gone");
        }
    }

    /** Everything that is leased comes back. */
    void end() {
        gateways.forEach(Gateway::close);
    }
}
