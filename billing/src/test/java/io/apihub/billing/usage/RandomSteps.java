package io.apihub.billing.usage;

import io.apihub.billing.budget.Answer;
import io.apihub.billing.budget.Ask;
import io.apihub.billing.budget.Lease;
import io.apihub.billing.budget.Leases;
import io.apihub.billing.budget.LimitHome;
import io.apihub.billing.budget.LimitKey;
import io.apihub.billing.budget.Span;
import io.apihub.billing.budget.Want;
import io.apihub.billing.testing.Bank;
import io.apihub.billing.testing.Limits;
import io.apihub.billing.testing.Records;
import io.apihub.model.money.Credits;
import io.apihub.policy.v1.Limit.Metric;
import io.apihub.policy.v1.Limit.Window;
import io.apihub.policy.v1.Quota;
import io.apihub.usage.v1.Taken;
import io.apihub.usage.v1.UsageRecord;
import io.apihub.usage.v1.UsageRecord.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Chooses the steps of a history of one tenant's money and limits. */
final class RandomSteps {

    private static final Map<String, Metric> METRICS =
            Map.of(
                    "hour", Metric.METRIC_REQUESTS,
                    "day", Metric.METRIC_TOTAL_TOKENS,
                    "week", Metric.METRIC_INPUT_TOKENS,
                    "month", Metric.METRIC_OUTPUT_TOKENS,
                    "total", Metric.METRIC_COST,
                    "rate", Metric.METRIC_REQUESTS,
                    "slots", Metric.METRIC_CONCURRENCY);
    private static final List<String> QUOTAS =
            List.copyOf(METRICS.keySet().stream().sorted().toList());

    private final Bank bank;
    private final RealHistory history;
    private final UUID tenant;
    private final String name;
    private final long account;
    private final long priceVersion;
    private final Limits limits;
    private final List<UUID> gateways = new CopyOnWriteArrayList<>();
    private final List<Held> held = new CopyOnWriteArrayList<>();
    private final List<UsageRecord> sent = new CopyOnWriteArrayList<>();
    private final List<Ask> asked = new CopyOnWriteArrayList<>();
    private final Map<LimitKey, Long> ends = new ConcurrentHashMap<>();
    private final AtomicLong seq = new AtomicLong();

    /** What one request got. */
    private record Held(UUID incarnation, List<Answer.Part> parts) {}

    RandomSteps(Bank bank, RealHistory history, long priceVersion) {
        this.bank = bank;
        this.history = history;
        this.priceVersion = priceVersion;
        name = "m-" + UUID.randomUUID();
        tenant = bank.registry().tenant(name);
        account = bank.account(tenant).id();
        limits = new Limits(bank, tenant, name);
        history.credit(tenant, account, 5_000);
        history.shadow(SoftLimits.of(tenant, name));
        QUOTAS.forEach(quota -> quota(quota, 400, false));
        for (int i = 0; i < 3; i++) {
            join();
        }
    }

    UUID tenant() {
        return tenant;
    }

    private void join() {
        var incarnation = UUID.randomUUID();
        history.live(incarnation, Step.Turn.HELLO);
        gateways.add(incarnation);
    }

    void take(SplittableRandom random) {
        switch (random.nextInt(40)) {
            case 0 -> history.later(Duration.ofMinutes(random.nextInt(1, 200)));
            case 1 -> changeLimit(random);
            case 2 -> changeCredit(random);
            case 3, 4 -> history.credit(tenant, account, random.nextLong(1, 300));
            case 5, 6, 7 -> live(random);
            case 8, 9, 10, 11, 12, 13, 14, 15, 16 -> giveBack(random);
            case 17, 18, 19, 20, 21, 22, 23, 24, 25 -> report(random);
            default -> grant(random);
        }
    }

    private void quota(String quota, long amount, boolean shadow) {
        limits.put(
                limits.builder(quota)
                        .setMode(shadow ? Quota.Mode.MODE_SHADOW : Quota.Mode.MODE_ENFORCE)
                        .setPer(isPerKey(quota) ? Quota.Per.PER_KEY : Quota.Per.PER_TARGET)
                        .setTimeZone(zone(quota))
                        .addLimits(Limits.limit(metric(quota), window(quota), amount)));
    }

    private static Metric metric(String quota) {
        return METRICS.getOrDefault(quota, Metric.METRIC_UNSPECIFIED);
    }

    private static boolean isPerKey(String quota) {
        return quota.equals("week") || quota.equals("rate");
    }

    /** Of half hours, and one whose clocks change. */
    private static String zone(String quota) {
        return switch (quota) {
            case "hour" -> "Asia/Kolkata";
            case "month" -> "America/New_York";
            default -> "Asia/Shanghai";
        };
    }

    private static Window window(String quota) {
        return switch (quota) {
            case "hour" -> Window.WINDOW_HOUR;
            case "day" -> Window.WINDOW_DAY;
            case "week" -> Window.WINDOW_WEEK;
            case "month" -> Window.WINDOW_MONTH;
            case "total" -> Window.WINDOW_TOTAL;
            case "rate" -> Window.WINDOW_MINUTE;
            default -> Window.WINDOW_UNSPECIFIED;
        };
    }

    private void changeLimit(SplittableRandom random) {
        var quota = QUOTAS.get(random.nextInt(QUOTAS.size()));
        quota(quota, random.nextLong(0, 900), random.nextInt(8) == 0);
        history.follow(new LimitHome(tenant, name, quota));
    }

    private void changeCredit(SplittableRandom random) {
        bank.registry().creditLimit(tenant, new Credits(random.nextLong(0, 400)));
        history.follow(new LimitHome(tenant, "", ""));
    }

    /** Gateways vanish, come back, are drained and replaced, or are given up. */
    private void live(SplittableRandom random) {
        var gateway = gateways.get(random.nextInt(gateways.size()));
        switch (random.nextInt(12)) {
            case 0 -> history.silence();
            case 1 -> history.expire();
            case 2 -> {
                history.giveUp();
                join();
            }
            case 3, 4 -> {
                history.drain(gateway);
                gateways.remove(gateway);
                join();
            }
            case 5, 6 -> history.live(gateway, Step.Turn.PARKED);
            case 7, 8, 9 -> history.live(gateway, Step.Turn.SEEN);
            default -> history.live(gateway, Step.Turn.HELLO);
        }
    }

    private void grant(SplittableRandom random) {
        var asks = new ArrayList<Ask>();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            boolean again = !asked.isEmpty() && random.nextInt(10) == 0;
            asks.add(again ? asked.get(random.nextInt(asked.size())) : ask(random));
        }
        var answers = history.grant(asks);
        for (int i = 0; i < asks.size(); i++) {
            if (answers.get(i) instanceof Answer.Granted granted && !asked.contains(asks.get(i))) {
                asked.add(asks.get(i));
                held.add(new Held(asks.get(i).request().incarnation(), granted.parts()));
                remember(asks.get(i), granted);
            }
        }
    }

    private void remember(Ask ask, Answer.Granted granted) {
        for (int i = 0; i < granted.parts().size(); i++) {
            long end = granted.parts().get(i).span().endMillis();
            if (ask.wants().get(i).subject() instanceof Want.OfBudget budget && end != Span.NEVER) {
                ends.put(budget.limit(), end);
            }
        }
    }

    private Ask ask(SplittableRandom random) {
        var wants = new ArrayList<Want>();
        if (random.nextInt(3) > 0) {
            wants.add(want(new Want.OfAccount(tenant), random));
        }
        for (var quota : QUOTAS) {
            if (random.nextInt(3) == 0) {
                wants.add(want(subject(quota, random), random));
            }
        }
        var gateway = gateways.get(random.nextInt(gateways.size()));
        return new Ask(new Lease.Request(gateway, seq.incrementAndGet()), wants);
    }

    private Want.Subject subject(String quota, SplittableRandom random) {
        var key = limits.key(quota, isPerKey(quota) ? "key-" + random.nextInt(2) : "");
        if (quota.equals("rate") || quota.equals("slots")) {
            return new Want.OfShare(key);
        }
        long next = random.nextInt(8) == 0 ? ends.getOrDefault(key, 0L) : 0;
        return new Want.OfBudget(key, next);
    }

    private static Want want(Want.Subject subject, SplittableRandom random) {
        long needed = random.nextLong(0, 60);
        return new Want(subject, needed, needed + random.nextLong(1, 60));
    }

    private List<Held> some(SplittableRandom random) {
        var some = new ArrayList<Held>();
        for (int i = random.nextInt(1, 5); i > 0 && !held.isEmpty(); i--) {
            some.add(held.get(random.nextInt(held.size())));
        }
        return some;
    }

    private void giveBack(SplittableRandom random) {
        var returns = new ArrayList<Leases.GivenBack>();
        for (var one : some(random)) {
            for (var part : one.parts()) {
                long arrival = history.nowMillis() + random.nextLong(-5_000, 60_000);
                returns.add(
                        new Leases.GivenBack(
                                part.lease(),
                                random.nextLong(-3, 70),
                                random.nextInt(3) == 0,
                                arrival));
            }
        }
        history.giveBack(returns);
    }

    private void report(SplittableRandom random) {
        var records = new ArrayList<UsageRecord>();
        for (var one : some(random)) {
            boolean again = !sent.isEmpty() && random.nextInt(6) == 0;
            records.add(again ? again(random) : record(one, random));
        }
        sent.addAll(records);
        history.report(records);
    }

    /** A repeat, or the truth after an estimate. */
    private UsageRecord again(SplittableRandom random) {
        var before = sent.get(random.nextInt(sent.size()));
        return random.nextBoolean()
                ? before
                : Records.measured(before.getHold(), random.nextLong(0, 30), random.nextLong(0, 60))
                        .toBuilder()
                        .setCorrection(true)
                        .build();
    }

    /** Within the last hours, so that what is counted by it is in several windows. */
    private static Instant began(SplittableRandom random) {
        return Instant.now().minusSeconds(random.nextLong(3 * 3600));
    }

    private UsageRecord record(Held one, SplittableRandom random) {
        var hold =
                new Records(tenant, one.incarnation(), priceVersion)
                        .holdAt(began(random), random.nextLong(0, 60))
                        .setInputTokens(20)
                        .setOutputTokens(30)
                        .setUnmetered(random.nextInt(8) == 0);
        for (var part : one.parts()) {
            hold.addTaken(
                    Taken.newBuilder().setLeaseId(part.lease()).setAmount(random.nextLong(0, 60)));
        }
        return switch (random.nextInt(12)) {
            case 0 -> Records.record(hold.build(), Outcome.OUTCOME_VOIDED).build();
            case 1 -> Records.record(hold.build(), Outcome.OUTCOME_QUARANTINED).build();
            case 2 -> Records.record(hold.build(), Outcome.OUTCOME_UNREPORTED).build();
            case 3 -> Records.measured(hold.build(), -1, 0);
            case 4, 5, 6 ->
                    Records.measured(hold.build(), random.nextLong(0, 30), random.nextLong(0, 60))
                            .toBuilder()
                            .setOutcome(Outcome.OUTCOME_ESTIMATED)
                            .build();
            default ->
                    Records.measured(hold.build(), random.nextLong(0, 30), random.nextLong(0, 60));
        };
    }
}
