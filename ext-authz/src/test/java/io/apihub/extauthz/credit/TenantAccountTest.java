package io.apihub.extauthz.credit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TenantAccountTest {

    private record Asked(long needed, long wished, Consumer<GrantAnswer> done) {}

    private static final class Link implements CreditLink {
        private final List<Asked> asked = new ArrayList<>();
        private final Map<Long, Long> returned = new LinkedHashMap<>();

        @Override
        public void ask(ByteString tenant, long needed, long wished, Consumer<GrantAnswer> done) {
            asked.add(new Asked(needed, wished, done));
        }

        @Override
        public void giveBack(long leaseId, long returnedTotal) {
            returned.merge(leaseId, returnedTotal, Math::max);
        }
    }

    private final Link link = new Link();
    private final List<Runnable> timeouts = new ArrayList<>();
    private final List<TenantAccount.Found> found = new ArrayList<>();
    private long now = 1;
    private final TenantAccount account =
            new TenantAccount(
                    ByteString.EMPTY,
                    LeaseSettings.of(1000, Duration.ofMillis(800)),
                    link,
                    (delay, task) -> timeouts.add(task),
                    () -> now);

    private void grant(int request, long leaseId, long amount) {
        link.asked
                .get(request)
                .done()
                .accept(new GrantAnswer.Granted(leaseId, amount, now, 60_000));
    }

    private void refuse(int request, long available) {
        link.asked.get(request).done().accept(new GrantAnswer.Refused(available, false));
    }

    private void await(long amount) {
        account.await(amount, found::add);
    }

    private HoldOutcome outcome(int index) {
        return ((TenantAccount.Found.None) found.get(index)).outcome();
    }

    private void seconds(long seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
    }

    @Test
    void requestsThatMissTogetherShareOneGrantOfTheirSum() {
        await(700);
        await(600);
        await(500);
        grant(0, 1, 700);

        assertThat(link.asked).hasSize(2);
        assertThat(link.asked.get(0).needed()).isEqualTo(700);
        assertThat(link.asked.get(1).needed()).isEqualTo(600);
        assertThat(link.asked.get(1).wished()).isEqualTo(1100);
        grant(1, 2, 1100);
        assertThat(found).hasSize(3).allMatch(TenantAccount.Found.Taken.class::isInstance);
        assertThat(account.leases()).allMatch(lease -> lease.balance().remaining() == 0);
    }

    @Test
    void anotherSliceIsAskedForBeforeTheFirstIsSpent() {
        await(100);
        grant(0, 1, 1000);

        assertThat(account.take(600)).isNotNull();
        assertThat(link.asked).hasSize(1);
        assertThat(account.take(100)).isNotNull();
        assertThat(link.asked).hasSize(2);
        assertThat(account.take(100)).isNotNull();
        assertThat(link.asked).as("one request at a time").hasSize(2);
    }

    @Test
    void whoNeedsMoreThanTheAccountHasIsToldWhatItHas() {
        await(700);
        refuse(0, 30);

        assertThat(outcome(0)).isEqualTo(new HoldOutcome.Exhausted(30));
    }

    @Test
    void aRefusalOfOneDoesNotRefuseWhoNeedsLess() {
        await(700);
        await(20);
        refuse(0, 30);

        assertThat(found).hasSize(1);
        assertThat(link.asked.get(1).needed()).isEqualTo(20);
        grant(1, 1, 30);
        assertThat(found.get(1)).isInstanceOf(TenantAccount.Found.Taken.class);
    }

    @Test
    void whatLiesHereTooSmallGoesBackToFillTheGap() {
        await(100);
        grant(0, 1, 300);
        await(500);
        refuse(1, 400);

        assertThat(link.returned).containsEntry(1L, 200L);
        assertThat(link.asked.get(2).needed()).isEqualTo(500);
        grant(2, 2, 600);
        assertThat(found.get(1)).isInstanceOf(TenantAccount.Found.Taken.class);
    }

    @Test
    void theGapIsFilledOnlyOnce() {
        await(100);
        grant(0, 1, 300);
        await(900);
        refuse(1, 400);
        refuse(2, 600);

        assertThat(outcome(1)).isEqualTo(new HoldOutcome.Exhausted(600));
        assertThat(link.asked).hasSize(3);
    }

    @Test
    void whoWaitedTooLongIsRefusedAndTheLateLeaseServesTheNext() {
        await(100);
        timeouts.removeFirst().run();
        assertThat(outcome(0)).isInstanceOf(HoldOutcome.Unavailable.class);

        grant(0, 1, 1000);
        assertThat(found).as("told once").hasSize(1);
        assertThat(account.take(100)).isNotNull();
    }

    @Test
    void anExpiredLeaseAdmitsNothingAndGoesBack() {
        await(100);
        grant(0, 1, 1000);
        seconds(60);

        assertThat(account.take(1)).isNull();
        await(1);
        assertThat(link.returned).containsEntry(1L, 900L);
        assertThat(link.asked).hasSize(2);
    }

    @Test
    void anOldLeaseThatIsInUseIsReplacedBeforeItExpires() {
        await(100);
        grant(0, 1, 1000);
        seconds(31);
        assertThat(account.take(10)).isNotNull();

        account.tick();
        account.tick();
        assertThat(link.asked).hasSize(2);
        grant(1, 2, 1000);
        account.tick();

        assertThat(link.returned).containsOnlyKeys(1L);
        assertThat(account.take(10)).isNotNull();
    }

    @Test
    void anIdleLeaseGoesBack() {
        await(100);
        grant(0, 1, 1000);
        account.settle(1, 100, 40);
        seconds(30);
        account.tick();
        assertThat(link.returned).isEmpty();

        seconds(30);
        account.tick();

        assertThat(link.returned).containsEntry(1L, 960L);
        assertThat(account.leases()).isEmpty();
    }

    @Test
    void whatAHoldDidNotCostCanBeTakenAgain() {
        await(1000);
        grant(0, 1, 1000);
        assertThat(account.take(1)).isNull();

        account.settle(1, 1000, 1);

        assertThat(account.take(999)).isNotNull();
    }

    @Test
    void ofAClosingLeaseTheUnusedPartGoesBackWhenItsHoldEnds() {
        await(300);
        grant(0, 1, 1000);
        account.recall(1);
        assertThat(link.returned).containsEntry(1L, 700L);

        account.settle(1, 300, 120);

        assertThat(link.returned).containsEntry(1L, 880L);
        assertThat(account.leases()).isEmpty();
    }
}
