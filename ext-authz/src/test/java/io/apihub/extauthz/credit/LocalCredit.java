package io.apihub.extauthz.credit;

import com.google.protobuf.ByteString;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.Taken;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Holds without a journal, from a bank in memory that has whatever was put there. */
public final class LocalCredit implements Holds, Allowances {

    private final Bank bank = new Bank();
    private final List<Runnable> delayed = new ArrayList<>();
    private final Map<Long, Lease> leases = new ConcurrentHashMap<>();
    private final Map<ByteString, Hold> open = new HashMap<>();
    private final Map<Subject, Long> declared = new HashMap<>();
    private final Map<String, Long> amounts = new HashMap<>();
    private final Map<ByteString, Claim> claims = new HashMap<>();
    private final LongSupplier nanoTime;
    private final TenantDesk desk;
    private boolean silent;

    public LocalCredit(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        desk =
                new TenantDesk(
                        LeaseSettings.of(Duration.ofMillis(800)),
                        new TenantDesk.Surroundings(
                                bank, (delay, task) -> delayed.add(task), nanoTime, leases),
                        _ -> {});
        has(Subject.Kind.ACCOUNT, "", 1_000_000_000_000L);
    }

    /** Billing has so much of the account, or of the limit with this label. */
    public LocalCredit has(Subject.Kind kind, String label, long amount) {
        amounts.put(kind + label, amount);
        return this;
    }

    /** Money comes in. */
    public void topUp(long amount) {
        bank.topUp(amount);
    }

    /** Billing does not answer. */
    public void silent() {
        silent = true;
    }

    /** Billing says when an exhausted budget resets; milliseconds from now. */
    public void resetsIn(long millis) {
        bank.resetsAt = bank.millis + millis;
    }

    public List<Hold> open() {
        return List.copyOf(open.values());
    }

    @Override
    public Allowance of(Subject subject, long limit) {
        var known = subject.kind() == Subject.Kind.ACCOUNT ? "" : subject.label();
        long has = amounts.getOrDefault(subject.kind() + known, Math.max(0, limit));
        bank.free(subject, bank.free(subject) + has - declared.getOrDefault(subject, 0L));
        declared.put(subject, has);
        return desk.allowance(subject, limit);
    }

    @Override
    public void take(HoldDraft draft, Claim claim, Consumer<HoldOutcome> done) {
        bank.now = nanoTime.getAsLong();
        if (claim.isEmpty() || claim.take(bank.now)) {
            done.accept(admit(draft, claim));
            return;
        }
        claim.desk()
                .await(
                        claim,
                        found ->
                                done.accept(
                                        switch (found) {
                                            case Waiting.Found.Taken() -> admit(draft, claim);
                                            case Waiting.Found.None(var outcome) -> outcome;
                                        }));
        if (silent) {
            delayed.forEach(Runnable::run);
        } else {
            bank.answerAll();
        }
        delayed.clear();
    }

    private HoldOutcome admit(HoldDraft draft, Claim claim) {
        var hold = draft.written(ByteString.EMPTY, claim);
        var id = ByteString.copyFrom(hold.id().toBytes());
        open.put(id, hold.message());
        claims.put(id, claim);
        return new HoldOutcome.Held(hold);
    }

    @Override
    public void voidHold(HoldId id) {
        end(ByteString.copyFrom(id.toBytes()), Amounts.NOTHING);
    }

    /** The request ended. */
    public void end(ByteString id, Amounts used) {
        var hold = open.remove(id);
        var claim = claims.remove(id);
        if (hold == null || claim == null) {
            return;
        }
        long now = nanoTime.getAsLong();
        for (var taken : hold.getTakenList()) {
            var lease = leases.get(taken.getLeaseId());
            if (lease != null) {
                long cost = Math.min(used.of(lease.owner().subject().metric()), taken.getAmount());
                lease.giveBack(taken.getAmount(), cost, 0, now);
            }
        }
        claim.releaseShares(used, now);
    }

    /** All that a claim needs of subjects of which nothing is here. */
    public Map<Subject, Long> needs(Claim claim) {
        var needs = new HashMap<Subject, Long>();
        claim.missing(nanoTime.getAsLong())
                .forEach(each -> needs.put(each.subject(), claim.wanted(each)));
        return needs;
    }

    /** What a claim took of leases that billing settles. */
    static List<Taken> taken(Claim claim) {
        var id = HoldId.mint(InstantSource.system(), new Random(1));
        return new HoldDraft(id, new byte[0], 0)
                .written(ByteString.EMPTY, claim)
                .message()
                .getTakenList();
    }
}
