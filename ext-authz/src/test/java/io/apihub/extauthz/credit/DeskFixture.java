package io.apihub.extauthz.credit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A desk on one thread, with a bank that answers when it is told to. */
abstract class DeskFixture {

    static final Subject ACCOUNT = Subject.account(ByteString.EMPTY);
    static final Subject DAY = limit(Subject.Kind.BUDGET, Metric.REQUESTS, "day");
    static final Subject MONTH = limit(Subject.Kind.BUDGET, Metric.REQUESTS, "month");
    static final Subject TOKENS = limit(Subject.Kind.RATE, Metric.TOTAL_TOKENS, "tpm");
    static final Subject SLOTS = limit(Subject.Kind.SLOTS, Metric.CONCURRENCY, "busy");

    final Bank bank = new Bank();
    final List<Runnable> delayed = new ArrayList<>();
    final Map<Long, Lease> leases = new HashMap<>();
    final List<TenantDesk> busy = new ArrayList<>();
    final List<Waiting.Found> found = new ArrayList<>();
    final TenantDesk desk =
            new TenantDesk(
                    LeaseSettings.of(Duration.ofMillis(800)),
                    new TenantDesk.Surroundings(
                            bank, (delay, task) -> delayed.add(task), () -> bank.now, leases),
                    busy::add);

    static Subject limit(Subject.Kind kind, Metric metric, String name) {
        return new Subject(kind, metric, ByteString.EMPTY, "acme", "q", name, "");
    }

    Allowance of(Subject subject) {
        return desk.allowance(subject, Long.MAX_VALUE);
    }

    Claim claim(long cost, long tokens, Allowance... allowances) {
        var claim = new Claim(new Amounts(1, cost, tokens, 0), allowances.length);
        for (var each : allowances) {
            claim.add(each);
        }
        return claim;
    }

    Claim money(long cost) {
        return claim(cost, 0, of(ACCOUNT));
    }

    Claim await(Claim claim) {
        desk.await(claim, found::add);
        return claim;
    }

    /** Asks, is answered, and has it. */
    Claim taken(Claim claim) {
        if (!claim.take(bank.now)) {
            await(claim);
            bank.answerAll();
            assertThat(found.removeLast()).isEqualTo(new Waiting.Found.Taken());
        }
        return claim;
    }

    List<Refusal> refusals(int index) {
        return refused(index).refusals();
    }

    HoldOutcome.Refused refused(int index) {
        var outcome = ((Waiting.Found.None) found.get(index)).outcome();
        return (HoldOutcome.Refused) outcome;
    }

    void end(Claim claim, long used) {
        for (var taken : LocalCredit.taken(claim)) {
            var lease = lease(taken.getLeaseId());
            if (lease.giveBack(taken.getAmount(), used, 0, bank.now)) {
                desk.tell(lease);
            }
        }
    }

    Lease lease(long id) {
        return Objects.requireNonNull(leases.get(id));
    }

    void seconds(long seconds) {
        for (int i = 0; i < seconds; i++) {
            bank.now += Duration.ofSeconds(1).toNanos();
            bank.millis += 1_000;
            desk.tick();
        }
    }

    void renew() {
        desk.renew(new BillingTime(bank.now, bank.now, bank.millis), 60_000);
    }

    void runDelayed() {
        var tasks = List.copyOf(delayed);
        delayed.clear();
        tasks.forEach(Runnable::run);
    }
}
