package io.apihub.extauthz.credit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.apihub.credit.v1.ReturnedLease;
import io.apihub.credit.v1.Want;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads on one account: never more is held or spent than the bank has. */
class LeaseContentionTest {

    private static final long BALANCE = 200_000;
    private static final Subject ACCOUNT = Subject.account(ByteString.EMPTY);

    /** Answers on other threads. */
    private static final class Later implements CreditLink {
        private final Bank bank = new Bank();
        private final ScheduledExecutorService pool;

        Later(ScheduledExecutorService pool) {
            this.pool = pool;
            bank.free(ACCOUNT, BALANCE);
        }

        @Override
        public void ask(List<Want> wants, Consumer<GrantAnswer> done) {
            pool.execute(() -> {
                GrantAnswer answer;
                synchronized (bank) {
                    bank.now = System.nanoTime();
                    answer = bank.decide(wants);
                }
                done.accept(answer);
            });
        }

        @Override
        public void giveBack(ReturnedLease lease) {
            bank.giveBack(lease);
        }

        @Override
        public long billingMillis(long nanos) {
            return 0;
        }
    }

    private final AtomicLong spent = new AtomicLong();
    private final Map<Long, Lease> leases = new ConcurrentHashMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void grantedIsAlwaysSpentOrReturned(long seed) throws InterruptedException {
        try (var pool = Executors.newScheduledThreadPool(8)) {
            var link = new Later(pool);
            var desk =
                    new TenantDesk(
                            LeaseSettings.of(Duration.ofSeconds(5)),
                            new TenantDesk.Surroundings(
                                    link, (delay, task) -> {}, System::nanoTime, leases),
                            _ -> {});
            var ended = new CountDownLatch(4_000);
            for (int i = 0; i < 4_000; i++) {
                var random = new Random(seed * 10_000 + i);
                pool.execute(() -> request(desk, random, ended));
                if (i % 97 == 0) {
                    pool.execute(desk::tick);
                }
                if (i % 211 == 0) {
                    pool.execute(() -> desk.closeIf(lease -> true));
                }
            }
            assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();

            assertThat(spent.get()).isLessThanOrEqualTo(BALANCE);
            desk.closeIf(lease -> true);
            assertThat(link.bank.free(ACCOUNT)).isEqualTo(BALANCE - spent.get());
            assertThat(leases).isEmpty();
        }
    }

    private void request(TenantDesk desk, Random random, CountDownLatch ended) {
        long amount = 1L + random.nextInt(900);
        long cost = random.nextLong(amount + 1);
        var claim = new Claim(new Amounts(1, amount, 0, 0), 1);
        claim.add(desk.allowance(ACCOUNT, Long.MAX_VALUE));
        if (claim.take(System.nanoTime())) {
            end(desk, claim, cost);
            ended.countDown();
            return;
        }
        desk.await(
                claim,
                found -> {
                    if (found instanceof Waiting.Found.Taken()) {
                        end(desk, claim, cost);
                    }
                    ended.countDown();
                });
    }

    private void end(TenantDesk desk, Claim claim, long cost) {
        var taken = LocalCredit.taken(claim).getFirst();
        var lease = Objects.requireNonNull(leases.get(taken.getLeaseId()));
        spent.addAndGet(cost);
        if (lease.giveBack(taken.getAmount(), cost, 0, System.nanoTime())) {
            desk.tell(lease);
        }
    }
}
