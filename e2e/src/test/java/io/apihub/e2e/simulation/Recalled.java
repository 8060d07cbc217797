package io.apihub.e2e.simulation;

import com.google.protobuf.ByteString;
import io.apihub.billing.budget.Lease;
import io.apihub.billing.budget.LimitKey;
import io.apihub.billing.budget.LimitName;
import io.apihub.billing.budget.MemoryRows;
import io.apihub.billing.budget.Pot;
import io.apihub.credit.v1.OpenResponse;
import io.apihub.credit.v1.Refusal;
import io.apihub.credit.v1.Subject;
import io.apihub.model.usage.HoldId;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What gateways have to give back, because others need it or its limit was lowered. One that can be
 * reached all the while gives back what none of its requests holds, in bounded time.
 */
final class Recalled {

    /** Three of billing's reminders, the first of which finds the network slow. */
    private static final long PATIENCE = 20 * VirtualTime.SECOND;

    private final World world;
    private final Map<Long, Standing> standings = new HashMap<>();

    /**
     * How a recalled lease stands.
     *
     * @param since nothing came back, though nothing was in the way and something is idle
     */
    private record Standing(long since, long open) {}

    Recalled(World world) {
        this.world = world;
    }

    /** Billing asks for them. */
    void asked(Collection<Long> leases) {
        leases.forEach(this::asked);
    }

    private void asked(long lease) {
        standings.putIfAbsent(lease, new Standing(world.time().now(), -1));
    }

    /** Billing told a gateway that others have what it needs: these have to be asked. */
    void answered(UUID incarnation, OpenResponse message) {
        for (var refusal : message.getResult().getRefusalsList()) {
            if (refusal.getReason() == Refusal.Reason.REASON_LEASED_ELSEWHERE) {
                var isWanted = pot(refusal.getSubject());
                for (var lease : rows().leases().values()) {
                    if (!lease.closed()
                            && lease.open() > 0
                            && isWanted.test(lease.pot())
                            && !lease.request().incarnation().equals(incarnation)) {
                        asked(lease.number());
                    }
                }
            }
        }
    }

    private Predicate<Pot.Id> pot(Subject subject) {
        return switch (subject.getSubjectCase()) {
            case ACCOUNT -> {
                var account = rows().accounts().get(uuid(subject.getAccount().getTenantId()));
                yield pot ->
                        account != null
                                && pot.equals(new Pot.Id(Pot.Kind.ACCOUNT, account.number()));
            }
            case BUDGET -> {
                var budget = subject.getBudget();
                var name =
                        new LimitName(
                                uuid(budget.getTenantId()),
                                budget.getQuotaNamespace(),
                                budget.getQuotaName(),
                                budget.getLimitName());
                yield budgets(
                        new LimitKey(name, budget.getKeyName()), budget.getWindowStartMillis());
            }
            case SHARE -> {
                var share = subject.getShare();
                var name =
                        new LimitName(
                                uuid(share.getTenantId()),
                                share.getQuotaNamespace(),
                                share.getQuotaName(),
                                share.getLimitName());
                var key = new LimitKey(name, share.getKeyName());
                yield pot -> share(pot).filter(row -> row.key().limit().equals(key)).isPresent();
            }
            case SUBJECT_NOT_SET -> throw new Violation("a refusal of nothing");
        };
    }

    /** Of the window that was asked for; 0 = the one that runs. */
    private Predicate<Pot.Id> budgets(LimitKey key, long windowStart) {
        long at = windowStart == 0 ? world.millis() : windowStart;
        return pot -> {
            var row = pot.kind() == Pot.Kind.BUDGET ? rows().budgets().get(pot.number()) : null;
            return row != null && row.key().limit().equals(key) && row.key().span().contains(at);
        };
    }

    private Optional<MemoryRows.ShareRow> share(Pot.Id pot) {
        return pot.kind() == Pot.Kind.SHARE
                ? Optional.ofNullable(rows().shares().get(pot.number()))
                : Optional.empty();
    }

    static UUID uuid(ByteString bytes) {
        var buffer = ByteBuffer.wrap(bytes.toByteArray());
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    private MemoryRows rows() {
        return world.bank().rows().rows();
    }

    /** Every few seconds. What a database forgot of returns that it had acknowledged stays out. */
    void look() {
        if (world.bank().hasLost()) {
            standings.clear();
        }
        standings
                .entrySet()
                .removeIf(each -> {
                    var lease = rows().leases().get(each.getKey());
                    var site = lease == null || lease.closed() ? null : site(lease);
                    if (lease == null || site == null) {
                        return true;
                    }
                    each.setValue(look(lease, site, each.getValue()));
                    return false;
                });
    }

    private Standing look(Lease lease, Site site, Standing before) {
        long now = world.time().now();
        var process = site.process;
        if (process == null || !isStuck(lease, site, process, before)) {
            return new Standing(now, lease.open());
        }
        long since = Math.max(before.since(), process.streamAt());
        if (now - since > PATIENCE) {
            throw new Violation(
                    site
                            + " was asked for "
                            + lease
                            + " and keeps it, though its requests hold "
                            + held(lease, process));
        }
        return new Standing(since, lease.open());
    }

    private boolean isStuck(Lease lease, Site site, GatewayProcess process, Standing before) {
        return site.isReachable()
                && !site.isSlow()
                && !process.volume().isRefusing()
                && lease.open() == before.open()
                && lease.open() > held(lease, process);
    }

    /** Where the process runs that has the lease; null if it is no more. */
    private @Nullable Site site(Lease lease) {
        for (var site : world.sites()) {
            var process = site.process;
            if (process != null
                    && process.isAlive()
                    && process.journal().incarnation().id().equals(lease.request().incarnation())) {
                return site;
            }
        }
        return null;
    }

    /** What of it requests hold, or have used without billing knowing yet. */
    private long held(Lease lease, GatewayProcess process) {
        var share = share(lease.pot());
        long held = 0;
        for (var request : world.upstream().all()) {
            if (share.isPresent()) {
                held += isOpen(request, process) && occupies(request, share.get()) ? 1 : 0;
            } else if (!isBooked(request) && !request.cancelled) {
                for (var taken : request.hold.getTakenList()) {
                    held += taken.getLeaseId() == lease.number() ? taken.getAmount() : 0;
                }
            }
        }
        return held;
    }

    /** A slot; rates come back whole. */
    private static boolean occupies(Request request, MemoryRows.ShareRow share) {
        return share.key().isSlots()
                && request.caps.stream()
                        .anyMatch(cap ->
                                cap.name.equals(share.key().limit().name())
                                        && cap.counterOf(request.key)
                                                .equals(share.key().limit().subject()));
    }

    private static boolean isOpen(Request request, GatewayProcess process) {
        return process.journal().isOpen(id(request));
    }

    private boolean isBooked(Request request) {
        return world.bank().usage().rows().containsKey(id(request).uuid());
    }

    private static HoldId id(Request request) {
        return HoldId.ofBytes(request.hold.getHoldId().toByteArray());
    }
}
