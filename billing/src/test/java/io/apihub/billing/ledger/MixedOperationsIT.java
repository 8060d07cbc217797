package io.apihub.billing.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.testing.Bank;
import io.apihub.model.money.Credits;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;

/** A thousand operations of all kinds on one account, sixteen at a time. */
class MixedOperationsIT {

    private static final int OPERATIONS = 1_000;
    private static final int AT_ONCE = 16;
    private static final long START = 500_000;

    private final Bank bank = new Bank();
    private final UUID tenant = bank.registry().tenant("mixed-" + UUID.randomUUID());
    private final AtomicLong expected = new AtomicLong(START);
    private final AtomicLong leased = new AtomicLong();
    private final AtomicInteger refused = new AtomicInteger();

    @Test
    void theBalanceIsTheSumOfWhatWasPosted() throws Exception {
        bank.grant(tenant, START);
        var operations = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < OPERATIONS; i++) {
            int number = i;
            operations.add(() -> operate(number));
        }

        try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (var done : threads.invokeAll(operations)) {
                done.get();
            }
        }

        var account = bank.account(tenant);
        assertThat(account.balance()).isEqualTo(new Credits(expected.get()));
        assertThat(account.leased()).isEqualTo(new Credits(leased.get()));
        assertThat(bank.sumOfEntries(tenant)).isEqualTo(expected.get());
        assertThat(account.balance().micros()).isGreaterThanOrEqualTo(leased.get());
        assertThat(refused.get()).as("some were too large").isBetween(1, OPERATIONS - 1);
        assertThat(
                        bank.count(
                                "SELECT count(*) FROM (SELECT 1 FROM billing.ledger_entry GROUP BY"
                                        + " transaction_id HAVING sum(amount_micros) <> 0) t"))
                .as("transactions that do not sum to zero")
                .isZero();
        bank.lease(tenant, -leased.get());
    }

    /** Ten kinds in turn; repeats and too large ones are among them. */
    private boolean operate(int number) {
        return switch (number % 10) {
            case 0 -> post(TransactionKind.GRANT, PlatformAccount.GRANTS, -3_000, "g" + number);
            case 1 ->
                    post(
                            TransactionKind.TOP_UP,
                            PlatformAccount.PAYMENT_CLEARING,
                            -50,
                            "t" + number);
            case 2, 3, 4 ->
                    post(TransactionKind.USAGE, PlatformAccount.USAGE_REVENUE, 1_500, "u" + number);
            case 5 -> post(TransactionKind.ADJUSTMENT, PlatformAccount.SUSPENSE, 7, "a" + number);
            case 6 ->
                    post(
                            TransactionKind.USAGE,
                            PlatformAccount.USAGE_REVENUE,
                            100_000_000,
                            "x" + number);
            case 7 -> post(TransactionKind.GRANT, PlatformAccount.GRANTS, -11, "same");
            case 8 -> lease(900);
            default -> lease(-900);
        };
    }

    /** Positive: the tenant pays. */
    private boolean post(
            TransactionKind kind, PlatformAccount with, long micros, String reference) {
        long own = bank.account(tenant).id();
        long other = bank.platform(with);
        var posting =
                Posting.transfer(
                                kind,
                                tenant + "/" + reference,
                                micros > 0 ? own : other,
                                micros > 0 ? other : own,
                                new Credits(Math.abs(micros)))
                        .by("tester", "a test");
        try {
            if (bank.post(posting).fresh()) {
                expected.addAndGet(-micros);
            }
            return true;
        } catch (NotCovered e) {
            refused.incrementAndGet();
            return false;
        }
    }

    private boolean lease(long micros) {
        try {
            bank.lease(tenant, micros);
            leased.addAndGet(micros);
            return true;
        } catch (DataIntegrityViolationException e) {
            refused.incrementAndGet();
            return false;
        }
    }
}
