package io.apihub.extauthz.credit;

import io.apihub.credit.v1.Lease;
import io.apihub.credit.v1.Refusal;
import io.apihub.credit.v1.ReturnedLease;
import io.apihub.credit.v1.Want;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Billing as a map: what each subject has, and what was leased of it. Answers when it is told to.
 */
final class Bank implements CreditLink {

    /** A request that was not answered yet. */
    record Asked(List<Want> wants, Consumer<GrantAnswer> done) {}

    private final Map<io.apihub.credit.v1.Subject, Long> free = new HashMap<>();
    private final Map<Long, Want> leased = new LinkedHashMap<>();
    private final Map<Long, Long> sizes = new LinkedHashMap<>();
    private final Map<Long, ReturnedLease> returned = new LinkedHashMap<>();
    final List<Asked> asked = new ArrayList<>();
    final List<List<Want>> history = new ArrayList<>();
    long now = 1;
    long millis = 1_000_000;
    Refusal.Reason reason = Refusal.Reason.REASON_EXHAUSTED;
    long resetsAt;
    final Map<io.apihub.credit.v1.Subject, Long> resetsAtOf = new HashMap<>();
    long endsAt;

    void free(Subject subject, long amount) {
        free.put(subject.toMessage(0), amount);
    }

    long free(Subject subject) {
        return free.getOrDefault(subject.toMessage(0), 0L);
    }

    void topUp(long amount) {
        free.replaceAll((subject, had) -> subject.hasAccount() ? had + amount : had);
    }

    @Override
    public synchronized void ask(List<Want> wants, Consumer<GrantAnswer> done) {
        asked.add(new Asked(wants, done));
        history.add(wants);
    }

    @Override
    public synchronized void giveBack(ReturnedLease lease) {
        var last =
                returned.merge(
                        lease.getLeaseId(),
                        lease,
                        (a, b) -> a.getReturnedTotal() > b.getReturnedTotal() ? a : b);
        var want = leased.get(lease.getLeaseId());
        if (want != null && last.getTheoreticalArrivalMillis() > 0) {
            free.merge(
                    plain(want.getSubject()),
                    sizes.merge(lease.getLeaseId(), 0L, (size, zero) -> size),
                    Long::sum);
            sizes.put(lease.getLeaseId(), 0L);
        } else if (want != null) {
            long before = -sizes.getOrDefault(-lease.getLeaseId(), 0L);
            free.merge(plain(want.getSubject()), last.getReturnedTotal() - before, Long::sum);
            sizes.put(-lease.getLeaseId(), -last.getReturnedTotal());
        }
    }

    private static io.apihub.credit.v1.Subject plain(io.apihub.credit.v1.Subject subject) {
        return subject.hasBudget()
                ? subject.toBuilder()
                        .setBudget(subject.getBudget().toBuilder().setWindowStartMillis(0))
                        .build()
                : subject;
    }

    @Override
    public long billingMillis(long nanos) {
        return millis + (nanos - now) / 1_000_000;
    }

    /** Answers all that was asked, and what is asked because of that. */
    void answerAll() {
        while (true) {
            Asked next;
            synchronized (this) {
                if (asked.isEmpty()) {
                    return;
                }
                next = asked.removeFirst();
            }
            next.done().accept(decide(next.wants()));
        }
    }

    synchronized GrantAnswer decide(List<Want> wants) {
        var at = new BillingTime(now, now, millis);
        var refusals = new ArrayList<Refusal>();
        for (var want : wants) {
            long left = free.getOrDefault(plain(want.getSubject()), 0L);
            if (left < Math.max(1, want.getNeeded())) {
                refusals.add(
                        Refusal.newBuilder()
                                .setSubject(want.getSubject())
                                .setReason(reason)
                                .setAvailable(left)
                                .setResetsAtMillis(
                                        resetsAtOf.getOrDefault(plain(want.getSubject()), resetsAt))
                                .build());
            }
        }
        return refusals.isEmpty()
                ? new GrantAnswer.Granted(wants.stream().map(this::grant).toList(), at)
                : new GrantAnswer.Refused(refusals, at);
    }

    private Lease grant(Want want) {
        var subject = plain(want.getSubject());
        long size = Math.min(want.getWished(), free.getOrDefault(subject, 0L));
        free.merge(subject, -size, Long::sum);
        long id = leased.size() + 1L;
        leased.put(id, want);
        sizes.put(id, size);
        long start = want.getSubject().getBudget().getWindowStartMillis();
        return Lease.newBuilder()
                .setLeaseId(id)
                .setSubject(want.getSubject())
                .setGranted(size)
                .setTtlMillis(60_000)
                .setRatePerMinute(size)
                .setBurst(size)
                .setSlots(size)
                .setValidFromMillis(start)
                .setEndsAtMillis(endsAt == 0 ? 0 : start == 0 ? endsAt : start + 3_600_000)
                .build();
    }

    synchronized Map<Long, Long> returnedTotals() {
        var totals = new LinkedHashMap<Long, Long>();
        returned.forEach((id, lease) -> totals.put(id, lease.getReturnedTotal()));
        return totals;
    }

    synchronized ReturnedLease returned(long id) {
        return returned.getOrDefault(id, ReturnedLease.getDefaultInstance());
    }

    synchronized long granted() {
        long sum = 0;
        for (var each : sizes.entrySet()) {
            sum += each.getKey() > 0 ? each.getValue() : 0;
        }
        return sum;
    }
}
