package io.apihub.e2e.simulation;

import io.apihub.billing.budget.Lease;
import io.apihub.billing.budget.MemoryRows;
import io.apihub.billing.budget.Pot;
import io.apihub.billing.usage.MemoryUsage;
import io.apihub.extauthz.credit.HoldOutcome;
import io.apihub.model.usage.HoldId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/** What must hold after every step and at the end. */
final class Books {

    private static final long MOST_REST = 400 * VirtualTime.SECOND;

    private static final Set<String> FLAGGED = Set.of("estimated", "unreported", "quarantined");

    /** Of 59 seconds, two for the round that begins to count, and one to be late. */
    private static final int DAY_MINUTES = 24 * 3600 / 59 + 3;

    private static final SortedSet<Long> NONE = Collections.emptySortedSet();

    /** So often all is looked at, not only what was written. */
    private static final int ALL_EVERY = 100;

    private static final long PING = 15 * VirtualTime.SECOND;

    private final World world;
    private final Map<Pot.Id, Long> usedBefore = new HashMap<>();
    private final Set<UUID> lostIncarnations = new HashSet<>();
    private final List<GatewayProcess> finishing = new ArrayList<>();
    private final Map<Pot.Id, SortedSet<Long>> openLeases = new HashMap<>();
    private long timeline = 1;
    private int checks;
    private boolean shadowsUnknown;
    private boolean done;
    private boolean resting;
    private long restUntil;

    Books(World world) {
        this.world = world;
    }

    boolean isDone() {
        return done;
    }

    /** Its volume is gone: its leases stay counted. */
    void lost(UUID incarnation) {
        lostIncarnations.add(incarnation);
    }

    /** A billing began and could not read which limits are in Shadow: it counts some later. */
    void shadowsUnknown() {
        shadowsUnknown = true;
    }

    /** A limit in Shadow refuses nobody. */
    void refused(Party party, HoldOutcome outcome) {
        if (outcome instanceof HoldOutcome.Refused(var refusals, var _)) {
            for (var cap : party.caps) {
                boolean shadow = cap.isSteady() && !cap.isEnforced();
                if (shadow && refusals.stream().anyMatch(refusal -> cap.isOf(refusal.subject()))) {
                    throw new Violation(cap + " is in Shadow and refused: " + outcome);
                }
            }
        }
    }

    // ---- after every step

    /** What was written, and now and then all. */
    void check() {
        var touched = world.bank().touched();
        if (touched.isNone()) {
            return;
        }
        if (timeline != world.bank().timeline()) {
            // What was is no more.
            timeline = world.bank().timeline();
            usedBefore.clear();
            openLeases.clear();
            checkAll();
        } else if (++checks % ALL_EVERY == 0) {
            checkAll();
        } else {
            touched.leases().forEach(this::note);
            rows().accounts().values().forEach(this::account);
            touched.pots().forEach(this::pot);
        }
        touched.clear();
    }

    private void checkAll() {
        rows().leases().values().forEach(this::note);
        rows().accounts().values().forEach(this::account);
        rows().budgets().values().forEach(this::budget);
        rows().shares().values().forEach(this::share);
    }

    private void note(long number) {
        var lease = rows().leases().get(number);
        if (lease != null) {
            note(lease);
        }
    }

    private void note(Lease lease) {
        if (lease.granted() != lease.spent() + lease.returned() + lease.open()) {
            throw new Violation("not all of a lease is somewhere: " + lease);
        }
        openLeases.computeIfAbsent(lease.pot(), _ -> new TreeSet<>()).add(lease.number());
    }

    private MemoryRows rows() {
        return world.bank().rows().rows();
    }

    private void requireLeases(Pot.Id pot, long leased) {
        long open = 0;
        var numbers = openLeases.getOrDefault(pot, NONE).iterator();
        while (numbers.hasNext()) {
            var lease = rows().leases().get(numbers.next());
            if (lease == null || lease.closed()) {
                numbers.remove();
            } else {
                open += lease.open();
            }
        }
        if (open != leased) {
            throw new Violation(pot + " leased " + leased + ", its leases " + open);
        }
    }

    private void pot(Pot.Id pot) {
        switch (pot.kind()) {
            case ACCOUNT -> {}
            case BUDGET -> budget(Objects.requireNonNull(rows().budgets().get(pot.number())));
            case SHARE -> share(Objects.requireNonNull(rows().shares().get(pot.number())));
        }
    }

    private void account(MemoryRows.AccountRow row) {
        if (row.leased() < 0 || row.balance() - row.leased() < 0) {
            throw new Violation("does not cover what it has leased: " + row);
        }
        requireLeases(new Pot.Id(Pot.Kind.ACCOUNT, row.number()), row.leased());
    }

    private void budget(MemoryRows.BudgetRow row) {
        var pot = new Pot.Id(Pot.Kind.BUDGET, row.number());
        var counts = row.counts();
        requireLeases(pot, counts.leased());
        requireCeiling(pot, counts.spent() + counts.leased(), counts.amount());
    }

    private void share(MemoryRows.ShareRow row) {
        var pot = new Pot.Id(Pot.Kind.SHARE, row.number());
        requireLeases(pot, row.counts().leased());
        requireCeiling(pot, row.counts().leased(), row.counts().amount());
    }

    /** A ceiling is the amount, or what was committed when the amount was lowered. */
    private void requireCeiling(Pot.Id pot, long used, long amount) {
        long before = usedBefore.getOrDefault(pot, used);
        if (used > Math.max(amount, before)) {
            throw new Violation(
                    pot + ": spent and leased " + used + " of " + amount + ", before " + before);
        }
        usedBefore.put(pot, used);
    }

    // ---- the end

    /** All faults end, everything that was detached is found, and every process says goodbye. */
    void comeToRest() {
        resting = true;
        restUntil = world.time().now() + MOST_REST;
        world.trace().say(() -> "all faults end");
        world.bank().away(false);
        world.bank().synchronous();
        for (int i = 0; i < world.billings().size(); i++) {
            if (!world.billings().get(i).isUp()) {
                world.billings().set(i, new BillingProcess(i, world));
            }
        }
        world.sites().forEach(site -> site.reachable(true));
        world.sites().forEach(site -> site.slow(false));
        for (int i = 0; i < world.sites().size(); i++) {
            var process = world.sites().get(i).process;
            if (process != null) {
                process.volume().refusing(false);
            }
            world.envoys().get(i).start();
        }
        List.copyOf(world.detached()).forEach(world::addSite);
        world.detached().clear();
        waitForRest();
    }

    boolean isResting() {
        return resting;
    }

    private void waitForRest() {
        world.time()
                .after(
                        VirtualTime.SECOND,
                        () -> {
                            if (world.time().now() >= restUntil) {
                                throw new Violation("it does not come to rest: " + unrest());
                            }
                            if (finishing.isEmpty() && isQuiet()) {
                                world.sites().forEach(site -> finishing.add(site.process));
                                finishing.forEach(GatewayProcess::finish);
                            }
                            if (!finishing.isEmpty()
                                    && finishing.stream().allMatch(GatewayProcess::isFinished)) {
                                done = true;
                            } else {
                                waitForRest();
                            }
                        });
    }

    private boolean isQuiet() {
        // A gateway hears that commits were lost with the next answer to its ping.
        long heard = world.bank().hasLost() ? PING : 0;
        return world.time().now() > world.horizon() + heard
                && world.upstream().all().stream().noneMatch(Request::isUnderWay)
                && world.sites().stream().allMatch(site -> isQuiet(site, heard));
    }

    private static boolean isQuiet(Site site, long heard) {
        var process = site.process;
        return process != null
                && process.isAlive()
                && process.age() >= heard
                && process.isSettled();
    }

    private String unrest() {
        var text = new StringBuilder();
        for (var site : world.sites()) {
            var process = site.process;
            if (process != null) {
                text.append(site)
                        .append(process.isAlive() ? " holds " : " dead, holds ")
                        .append(process.journal().openHolds())
                        .append(process.isSettled() ? " settled " : " unsettled ")
                        .append(process.standing())
                        .append(" open for ")
                        .append(process.journal().lives().all())
                        .append("; ");
            }
        }
        return text.toString();
    }

    void checkAtEnd() {
        Violation.unless(done, "nothing happens any more, and it is not over");
        world.upstream().all().forEach(this::row);
        money();
        new Shadows(world).check(!shadowsUnknown);
        leases();
        if (!lostIncarnations.isEmpty() && world.random().nextInt(8) == 0) {
            aDayLater();
        }
    }

    /** What was parked all the time is given up. */
    private void aDayLater() {
        for (int minute = 0; minute <= DAY_MINUTES; minute++) {
            world.time().skip(59 * VirtualTime.SECOND);
            world.billings().getFirst().watch();
        }
        for (var lease : rows().leases().values()) {
            Violation.unless(
                    lease.closed() || lease.open() == 0, "a day later a lease is left: " + lease);
        }
        check();
    }

    private void row(Request request) {
        var id = HoldId.ofBytes(request.hold.getHoldId().toByteArray()).uuid();
        var row = world.bank().usage().rows().get(id);
        if (row == null) {
            Violation.unless(
                    !request.reachedUpstream || request.mayBeForgotten,
                    "served and not recorded: " + request + " " + id);
            return;
        }
        long cap = request.hold.getCostMicros();
        Violation.unless(
                row.costMicros() - row.overageMicros() <= cap && row.overageMicros() == 0,
                request + " costs " + row.costMicros() + ", its hold was " + cap);
        if (row.outcome().equals("measured")) {
            Violation.unless(
                    request.reachedUpstream
                            && request.end == Request.End.SERVED
                            && row.tokens().input() == request.input
                            && row.tokens().output() == request.output
                            && row.costMicros() == request.cost(),
                    request + " is measured as " + row + ", and was " + request.cost());
        } else {
            notMeasured(request, row);
        }
    }

    private void notMeasured(Request request, MemoryUsage.Row row) {
        boolean measurable =
                request.word == Request.Word.HEARD
                        && request.end == Request.End.SERVED
                        && !request.mayBeEstimated
                        && !request.mayBeForgotten;
        Violation.unless(
                !measurable,
                request
                        + " was reported, and is "
                        + row
                        + ", rejected: "
                        + world.bank().usage().rejected());
        boolean voided = row.outcome().equals("voided");
        Violation.unless(
                voided || FLAGGED.contains(row.outcome()), request + " is not flagged: " + row);
        Violation.unless(
                !voided || row.costMicros() == 0, request + " is voided and costs: " + row);
        Violation.unless(
                !voided || request.end == Request.End.FAILED || !request.reachedUpstream,
                request + " was served and costs nothing: " + row);
    }

    private void money() {
        for (var party : world.parties()) {
            long costs =
                    world.bank().usage().rows().values().stream()
                            .filter(row -> row.tenantId().equals(party.id))
                            .mapToLong(MemoryUsage.Row::costMicros)
                            .sum();
            var account = rows().accounts().get(party.id);
            long balance = account == null ? party.paidIn() : account.balance();
            Violation.unless(
                    party.paidIn() - balance == costs,
                    "rows of " + costs + ", posted " + (party.paidIn() - balance));
            long entries =
                    world.bank().usage().postings().values().stream()
                            .flatMap(posting -> posting.entries().stream())
                            .filter(entry ->
                                    account != null && entry.accountId() == account.number())
                            .mapToLong(entry -> entry.amount().micros())
                            .sum();
            Violation.unless(
                    balance == party.paidIn() + entries,
                    "the balance is not the sum of its entries: " + account);
        }
        Violation.unless(
                world.bank().usage().postings().keySet().stream()
                        .noneMatch(reference -> reference.startsWith("late/")),
                "late usage: " + world.bank().usage().postings().keySet());
        Violation.unless(
                world.bank().usage().rejected().isEmpty(),
                "rejected: " + world.bank().usage().rejected());
    }

    private void leases() {
        for (var lease : rows().leases().values()) {
            Violation.unless(
                    lease.closed() || lease.open() == 0 || isLost(lease),
                    "a lease is left behind: " + lease);
        }
    }

    private boolean isLost(Lease lease) {
        return lostIncarnations.contains(lease.request().incarnation());
    }
}
