package io.apihub.extauthz.credit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads on one account: never more is held or spent than the bank has. */
class LeaseContentionTest {

    private static final long BALANCE = 200_000;

    /** A bank that answers on other threads. */
    private static final class Bank implements CreditLink {
        private final AtomicLong ids = new AtomicLong();
        private final Map<Long, Long> returned = new ConcurrentHashMap<>();
        private final Consumer<Runnable> later;
        private long granted;

        Bank(Consumer<Runnable> later) {
            this.later = later;
        }

        @Override
        public void ask(ByteString tenant, long needed, long wished, Consumer<GrantAnswer> done) {
            later.accept(() -> done.accept(answer(needed, wished)));
        }

        private synchronized GrantAnswer answer(long needed, long wished) {
            long free = BALANCE - granted + returnedSum();
            if (free < Math.max(1, needed)) {
                return new GrantAnswer.Refused(free, false);
            }
            long amount = Math.min(wished, free);
            granted += amount;
            return new GrantAnswer.Granted(
                    ids.incrementAndGet(), amount, System.nanoTime(), 60_000);
        }

        @Override
        public synchronized void giveBack(long leaseId, long total) {
            returned.merge(leaseId, total, Math::max);
        }

        synchronized long returnedSum() {
            return returned.values().stream().mapToLong(Long::longValue).sum();
        }

        synchronized long granted() {
            return granted;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void grantedIsAlwaysSpentOrReturned(long seed) throws InterruptedException {
        try (var pool = Executors.newScheduledThreadPool(8)) {
            var bank = new Bank(pool::execute);
            var account =
                    new TenantAccount(
                            ByteString.EMPTY,
                            LeaseSettings.of(5_000, Duration.ofSeconds(5)),
                            bank,
                            (delay, task) -> {},
                            System::nanoTime);
            var spent = new AtomicLong();
            var ended = new CountDownLatch(4_000);
            for (int i = 0; i < 4_000; i++) {
                var random = new Random(seed * 10_000 + i);
                pool.execute(() -> request(account, random, spent, ended));
                if (i % 97 == 0) {
                    pool.execute(account::tick);
                }
                if (i % 211 == 0) {
                    pool.execute(account::closeAll);
                }
            }
            assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();

            assertThat(spent.get()).isLessThanOrEqualTo(BALANCE);
            account.closeAll();
            assertThat(bank.granted()).isEqualTo(spent.get() + bank.returnedSum());
            assertThat(account.leases()).isEmpty();
        }
    }

    private static void request(
            TenantAccount account, Random random, AtomicLong spent, CountDownLatch ended) {
        long amount = 1L + random.nextInt(900);
        long cost = random.nextLong(amount + 1);
        var lease = account.take(amount);
        if (lease != null) {
            end(account, lease, amount, cost, spent);
            ended.countDown();
            return;
        }
        account.await(
                amount,
                found -> {
                    if (found instanceof TenantAccount.Found.Taken(var taken)) {
                        end(account, taken, amount, cost, spent);
                    }
                    ended.countDown();
                });
    }

    private static void end(
            TenantAccount account, AccountLease lease, long held, long cost, AtomicLong spent) {
        spent.addAndGet(cost);
        account.settle(lease.id(), held, cost);
    }
}
