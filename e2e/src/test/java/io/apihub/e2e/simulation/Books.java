package io.apihub.e2e.simulation;

import io.apihub.billing.budget.Lease;
import io.apihub.billing.budget.MemoryRows;
import io.apihub.billing.budget.Pot;
import io.apihub.billing.usage.MemoryUsage;
import io.apihub.model.usage.HoldId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What must hold after every step and at the end. */
final class Books {

    private static final long MOST_REST = 400 * VirtualTime.SECOND;

    private static final Set<String> FLAGGED = Set.of("estimated", "unreported", "quarantined");

    private static final long PING = 15 * VirtualTime.SECOND;

    private final World world;
    private final Map<Pot.Id, Long> usedBefore = new HashMap<>();
    private final Set<UUID> lostIncarnations = new HashSet<>();
    private final List<GatewayProcess> finishing = new ArrayList<>();
    private long timeline = 1;
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

    // ---- after every step

    void check() {
        if (!world.bank().isChanged()) {
            return;
        }
        if (timeline != world.bank().timeline()) {
            // What was is no more.
            timeline = world.bank().timeline();
            usedBefore.clear();
        }
        var leased = leased();
        rows().accounts().values().forEach(row -> account(row, leased));
        rows().budgets().values().forEach(row -> budget(row, leased));
        rows().shares().values().forEach(row -> share(row, leased));
    }

    private MemoryRows rows() {
        return world.bank().rows().rows();
    }

    /** What leases have open, by pot. */
    private Map<Pot.Id, Long> leased() {
        var leased = new HashMap<Pot.Id, Long>();
        for (var lease : rows().leases().values()) {
            Violation.unless(
                    lease.granted() == lease.spent() + lease.returned() + lease.open(),
                    "not all of a lease is somewhere: " + lease);
            leased.merge(lease.pot(), lease.open(), Long::sum);
        }
        return leased;
    }

    private static void requireLeases(Pot.Id pot, long leased, Map<Pot.Id, Long> byPot) {
        long open = byPot.getOrDefault(pot, 0L);
        Violation.unless(open == leased, pot + " leased " + leased + ", its leases " + open);
    }

    private void account(MemoryRows.AccountRow row, Map<Pot.Id, Long> leased) {
        Violation.unless(
                row.leased() >= 0 && row.balance() - row.leased() >= 0,
                "account "
                        + row.number()
                        + ": balance "
                        + row.balance()
                        + ", leased "
                        + row.leased());
        requireLeases(new Pot.Id(Pot.Kind.ACCOUNT, row.number()), row.leased(), leased);
    }

    private void budget(MemoryRows.BudgetRow row, Map<Pot.Id, Long> leased) {
        var pot = new Pot.Id(Pot.Kind.BUDGET, row.number());
        var counts = row.counts();
        requireLeases(pot, counts.leased(), leased);
        requireCeiling(pot, counts.spent() + counts.leased(), counts.amount());
    }

    private void share(MemoryRows.ShareRow row, Map<Pot.Id, Long> leased) {
        var pot = new Pot.Id(Pot.Kind.SHARE, row.number());
        requireLeases(pot, row.counts().leased(), leased);
        requireCeiling(pot, row.counts().leased(), row.counts().amount());
    }

    /** A ceiling is the amount, or what was committed when the amount was lowered. */
    private void requireCeiling(Pot.Id pot, long used, long amount) {
        var known = usedBefore.get(pot);
        long before = known == null ? used : known;
        Violation.unless(
                used <= Math.max(amount, before),
                pot + ": spent and leased " + used + " of " + amount + ", before " + before);
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
                            Violation.unless(
                                    world.time().now() < restUntil,
                                    "it does not come to rest: " + unrest());
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
        // A gateway hears of a fail-over with the next answer to its ping.
        return world.time().now() > world.horizon() + PING
                && world.upstream().all().stream().noneMatch(Request::isUnderWay)
                && world.sites().stream()
                        .allMatch(site ->
                                site.process != null
                                        && site.process.isAlive()
                                        && site.process.isSettled());
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
                        .append(process.journal().incarnations())
                        .append("; ");
            }
        }
        return text.toString();
    }

    void checkAtEnd() {
        Violation.unless(done, "nothing happens any more, and it is not over");
        world.upstream().all().forEach(this::row);
        money();
        leases();
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
            long balance = account == null ? party.deposit : account.balance();
            Violation.unless(
                    party.deposit - balance == costs,
                    "rows of " + costs + ", posted " + (party.deposit - balance));
            long entries =
                    world.bank().usage().postings().values().stream()
                            .flatMap(posting -> posting.entries().stream())
                            .filter(entry ->
                                    account != null && entry.accountId() == account.number())
                            .mapToLong(entry -> entry.amount().micros())
                            .sum();
            Violation.unless(
                    balance == party.deposit + entries,
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
