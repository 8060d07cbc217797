package io.apihub.billing.budget;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What billing does unasked, in rounds. Each may be repeated at any time, by any instance. */
public final class CreditRounds {

    private static final Logger LOG = LoggerFactory.getLogger(CreditRounds.class);

    /** After so long without a sign of life an incarnation has vanished. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    /**
     * What is leased of rates is dead at the gateway after its time to live; this much is margin.
     */
    private static final Duration RATE_MARGIN = Duration.ofSeconds(10);

    /** Parked leases are given up after so long, if billing was up all the while. */
    private static final Duration PARKED = Duration.ofHours(24);

    /** A round that comes later than this after the last one means that billing was not up. */
    private static final Duration GAP = Duration.ofMinutes(1);

    private final CreditOffice office;
    private final CreditStore store;
    private final LeaseReturns returns;
    private final Duration slots;
    private final Counter unattributed;
    private long revision;
    private long upSince;
    private long lastLook;

    CreditRounds(CreditOffice office, CreditStore store, Duration slots, MeterRegistry metrics) {
        this.office = office;
        this.store = store;
        this.returns = new LeaseReturns(store);
        this.slots = slots;
        this.unattributed = metrics.counter("apihub_billing_unattributed");
        this.upSince = office.nanos();
        this.lastLook = upSince;
    }

    /** Follows the registry: lowered, deleted and Shadow limits call their leases back. */
    public void followPolicies() {
        for (var changes = store.changes(revision);
                changes.revision() != revision;
                changes = store.changes(revision)) {
            office.shadows().follow(changes.shadows());
            changes.homes().forEach(this::follow);
            revision = changes.revision();
        }
    }

    private void follow(LimitHome home) {
        var recalled = store.inTransaction(() -> followed(home));
        recall(recalled);
    }

    /** Gives the locked pots the amounts of now; those that have too much leased. */
    private List<Pot.Id> followed(LimitHome home) {
        var budgets = store.lockBudgetsOf(home);
        var shares = store.lockSharesOf(home);
        var names = new ArrayList<LimitName>();
        budgets.forEach(budget -> names.add(budget.key().limit().name()));
        shares.forEach(share -> names.add(share.key().limit().name()));
        var limits = names.isEmpty() ? Map.<LimitName, Limit>of() : store.limits(names);
        long now = store.reading().timeMillis();
        var over = new ArrayList<Pot.Id>();
        var pots = new ArrayList<Pot>();
        for (var budget : budgets) {
            var limit = limits.get(budget.key().limit().name());
            if (limit != null && fits(limit, budget)) {
                budget.follow(limit);
                budget.review(false, now);
            }
            collect(budget, limit, pots, over);
        }
        for (var share : shares) {
            var limit = limits.get(share.key().limit().name());
            if (limit != null && limit.metric() == share.key().metric()) {
                share.follow(limit, now);
            }
            collect(share, limit, pots, over);
        }
        account(home, pots, over);
        store.save(pots, List.of());
        return over;
    }

    /** A tenant's account has the registry's credit limit as soon as it is locked. */
    private void account(LimitHome home, List<Pot> pots, List<Pot.Id> over) {
        if (!home.quota().isEmpty()) {
            return;
        }
        for (var account : store.lockAccounts(List.of(home.tenantId())).values()) {
            var money = new Money(account);
            pots.add(money);
            if (money.free() < 0) {
                over.add(money.id());
            }
        }
    }

    private static boolean fits(Limit limit, Budget budget) {
        return limit.metric() == budget.key().metric() && limit.window() == budget.key().window();
    }

    private static void collect(Pot pot, @Nullable Limit limit, List<Pot> pots, List<Pot.Id> over) {
        pots.add(pot);
        boolean gone = limit == null || !limit.enforced();
        if (pot.leased() > 0 && (gone || pot.free() < 0)) {
            over.add(pot.id());
        }
    }

    private void recall(List<Pot.Id> pots) {
        if (pots.isEmpty()) {
            return;
        }
        var recalls = new Recalls();
        store.held(pots).forEach(lease -> recalls.add(lease.incarnation(), lease.lease()));
        if (!recalls.byIncarnation().isEmpty()) {
            office.recall(recalls.byIncarnation());
        }
    }

    /**
     * Makes room for a debit: calls the leases of an account back if it does not cover that much.
     *
     * @return whether it does now; if not, the rest can be taken as the leases return
     */
    public boolean makeRoom(UUID tenant, long micros) {
        var over =
                store.inTransaction(() ->
                        store.lockAccounts(List.of(tenant)).values().stream()
                                .map(Money::new)
                                .filter(money -> money.free() < micros)
                                .map(Money::id)
                                .toList());
        recall(over);
        return over.isEmpty();
    }

    /** Parks who vanished, and frees what may be freed of them. */
    public void lookAfterVanished() {
        long now = office.nanos();
        if (now - lastLook > GAP.toNanos()) {
            upSince = now;
        }
        lastLook = now;
        int parked = store.parkSilent(SILENCE);
        if (parked > 0) {
            LOG.warn("{} gateway incarnations vanished; their leases stay counted", parked);
        }
        var expired =
                store.expiredShares(
                        Duration.ofMillis(CreditMessages.TTL_MILLIS).plus(RATE_MARGIN), slots);
        if (!expired.isEmpty()) {
            store.inTransaction(() -> returns.close(expired));
        }
        if (now - upSince >= PARKED.toNanos()) {
            store.parkedFor(PARKED).forEach(this::giveUp);
        }
    }

    /** What the gateway still has to say is posted as late: never to a tenant. */
    private void giveUp(UUID incarnation) {
        store.close(incarnation);
        var closing = returns.closeAll(incarnation);
        if (closing.leases() > 0) {
            store.giveUp(incarnation, closing.leases(), closing.openMicros());
            unattributed.increment();
            LOG.error(
                    "incarnation {} never came back: {} leases with {} micro-units given up",
                    incarnation,
                    closing.leases(),
                    closing.openMicros());
        }
    }

    /** Says again what was recalled and did not come back, and takes back what is told no more. */
    public void remind() {
        store.resetEnded();
        for (var incarnation : office.streams().incarnations()) {
            var leases = new TreeSet<>(store.recalled(incarnation));
            office.streams().recall(incarnation, leases);
        }
    }
}
