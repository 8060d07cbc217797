package io.apihub.billing.credit;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.account.Account;
import io.apihub.billing.account.Accounts;
import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.budget.CreditStore;
import io.apihub.billing.budget.Gateway;
import io.apihub.billing.ledger.Posting;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.billing.testing.Bank;
import io.apihub.model.money.Credits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Credit that is taken back, on the real tables, with leases in the way. */
class CreditIT {

    private static final int AT_ONCE = 8;

    private final Bank bank = new Bank();
    private final CreditRecovery recovery = bank.get(CreditRecovery.class);
    private final Debits debits = bank.get(Debits.class);
    private final ExpiringCredit expiring = bank.get(ExpiringCredit.class);
    private final Gateway gateway = new Gateway(bank);
    private final UUID tenant = bank.registry().tenant("c-" + UUID.randomUUID());

    @AfterEach
    void sound() {
        bank.assertSound();
        assertThat(bank.sumOfEntries(tenant)).isEqualTo(balance());
    }

    private long balance() {
        return bank.account(tenant).balance().micros();
    }

    private Account locked() {
        return Objects.requireNonNull(bank.get(Accounts.class).lock(List.of(tenant)).get(tenant));
    }

    private Debit debit(long micros) {
        return bank.inTransaction(
                () -> debits.begin(locked(), new Credits(micros), "tester", "a test"));
    }

    private Debit read(Debit debit) {
        return debits.find(debit.accountId(), debit.id()).orElseThrow();
    }

    /** A gift that expires so long from now. */
    private void gift(long micros, Duration left) {
        bank.inTransaction(() -> {
            var account = locked();
            return expiring.post(
                    account,
                    transfer(TransactionKind.GRANT, account.id(), micros),
                    new Credits(micros),
                    Instant.now().plus(left));
        });
    }

    /** Negative: the tenant pays. */
    private Posting transfer(TransactionKind kind, long account, long micros) {
        var platform = bank.platform(PlatformAccount.GRANTS);
        return Posting.transfer(
                        kind,
                        "test/" + UUID.randomUUID(),
                        micros > 0 ? platform : account,
                        micros > 0 ? account : platform,
                        new Credits(Math.abs(micros)))
                .by("tester", "a test");
    }

    private void use(TransactionKind kind, long micros) {
        bank.post(transfer(kind, bank.account(tenant).id(), -micros));
    }

    /** The newest first. */
    private List<Long> remaining() {
        return expiring.gifts(bank.account(tenant), Long.MAX_VALUE, 100).stream()
                .map(gift -> gift.remaining().micros())
                .toList();
    }

    /** What of the tenant's gifts is left expires now. */
    private void timePasses() {
        bank.owner()
                .update(
                        "UPDATE billing.credit_lot SET expires_at = now() - interval '1 second'"
                                + " WHERE account_id = ?",
                        bank.account(tenant).id());
    }

    private long entries(TransactionKind kind) {
        return bank.count(
                "SELECT count(*) FROM billing.ledger_entry JOIN billing.ledger_transaction"
                        + " USING (transaction_id) WHERE account_id = ? AND kind = ?",
                bank.account(tenant).id(),
                kind.wireName());
    }

    private static void atOnce(Runnable work) throws Exception {
        var calls = new ArrayList<Callable<Boolean>>();
        for (int i = 0; i < AT_ONCE; i++) {
            calls.add(() -> {
                work.run();
                return true;
            });
        }
        try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (var done : threads.invokeAll(calls)) {
                done.get();
            }
        }
    }

    @Test
    void whatIsFreeIsTakenAtOnce() {
        bank.grant(tenant, 100);

        var debit = debit(60);

        assertThat(debit.state()).isEqualTo(Debit.State.DONE);
        assertThat(debit.endedAt()).isNotNull();
        assertThat(balance()).isEqualTo(40);
    }

    @Test
    void whatIsLeasedIsCalledBackAndTakenOnceAsItReturns() throws Exception {
        bank.grant(tenant, 100);
        long first = gateway.lease(tenant, 50);
        long second = gateway.lease(tenant, 30);

        var debit = debit(90);

        assertThat(debit.taken().micros()).isEqualTo(20);
        recovery.takeDebits();
        assertThat(bank.get(CreditStore.class).recalled(gateway.incarnation()))
                .containsExactlyInAnyOrder(first, second);
        gateway.giveBack(first, 50, true);
        atOnce(recovery::takeDebits);
        assertThat(read(debit).taken().micros()).isEqualTo(70);
        gateway.giveBack(second, 30, true);
        atOnce(recovery::takeDebits);

        assertThat(read(debit).state()).isEqualTo(Debit.State.DONE);
        assertThat(balance()).isEqualTo(10);
        assertThat(entries(TransactionKind.ADJUSTMENT)).isEqualTo(3);
    }

    @Test
    void aCancelledDebitTakesNoMore() {
        bank.grant(tenant, 100);
        long lease = gateway.lease(tenant, 80);
        var debit = debit(100);

        bank.inTransaction(() -> {
            debits.cancel(read(debit));
            return locked();
        });
        gateway.giveBack(lease, 80, true);
        recovery.takeDebits();

        assertThat(read(debit).state()).isEqualTo(Debit.State.CANCELLED);
        assertThat(balance()).isEqualTo(80);
    }

    @Test
    void whatExpiresFirstIsUsedFirstAndWhatLastsIsUsedLast() {
        bank.grant(tenant, 10);
        gift(50, Duration.ofDays(30));
        gift(20, Duration.ofDays(1));
        use(TransactionKind.USAGE, 25);

        assertThat(remaining()).containsExactly(0L, 45L);
        gift(7, Duration.ofHours(1));
        use(TransactionKind.USAGE, 10);
        assertThat(remaining())
                .as("what came later was not used before it came")
                .containsExactly(0L, 0L, 42L);
        use(TransactionKind.USAGE, 45);
        assertThat(remaining()).containsExactly(0L, 0L, 0L);
        assertThat(balance()).isEqualTo(7);
    }

    @Test
    void whatIsPaidBackIsNotOfTheGifts() {
        bank.grant(tenant, 60);
        gift(40, Duration.ofDays(1));

        use(TransactionKind.REFUND, 50);
        assertThat(remaining()).containsExactly(40L);
        use(TransactionKind.REFUND, 30);
        assertThat(remaining()).as("no more than the balance").containsExactly(20L);
    }

    @Test
    void aGiftRepaysADebtFirst() {
        bank.registry().creditLimit(tenant, new Credits(100));
        use(TransactionKind.USAGE, 30);
        gift(50, Duration.ofDays(1));

        assertThat(remaining()).containsExactly(20L);
        timePasses();
        recovery.takeExpired();
        assertThat(balance()).isZero();
    }

    @Test
    void whatIsUnusedExpiresOnceHoweverManyLook() throws Exception {
        bank.grant(tenant, 5);
        gift(50, Duration.ofDays(1));
        gift(30, Duration.ofDays(2));
        use(TransactionKind.USAGE, 60);
        recovery.takeExpired();
        assertThat(balance()).as("not yet").isEqualTo(25);

        timePasses();
        atOnce(recovery::takeExpired);

        assertThat(balance()).isEqualTo(5);
        assertThat(entries(TransactionKind.EXPIRY)).isEqualTo(1);
        assertThat(expiring.gifts(bank.account(tenant), Long.MAX_VALUE, 1).getFirst().expired())
                .isEqualTo(new Credits(20));
    }

    @Test
    void whatLeasesNeedStaysUntilTheyReturnAndWhatTheySpendIsUsed() throws Exception {
        gift(100, Duration.ofDays(1));
        long lease = gateway.lease(tenant, 70);
        timePasses();

        recovery.takeExpired();

        assertThat(balance()).as("what the lease needs").isEqualTo(70);
        assertThat(bank.get(CreditStore.class).recalled(gateway.incarnation()))
                .containsExactly(lease);
        gateway.giveBack(lease, 30, false);
        atOnce(recovery::takeExpired);
        assertThat(balance()).isEqualTo(40);
        use(TransactionKind.OVERAGE, 15);
        gateway.giveBack(lease, 70, true);
        atOnce(recovery::takeExpired);

        assertThat(balance()).isZero();
        assertThat(remaining()).containsExactly(0L);
        assertThat(expiring.gifts(bank.account(tenant), Long.MAX_VALUE, 1).getFirst().expired())
                .isEqualTo(new Credits(85));
    }

    @Test
    void aGiftThatIsRepeatedIsOneGift() {
        var account = bank.account(tenant);
        var posting = transfer(TransactionKind.GRANT, account.id(), 10);
        for (int i = 0; i < 2; i++) {
            bank.inTransaction(() ->
                    expiring.post(
                            locked(), posting, new Credits(10), Instant.now().plusSeconds(60)));
        }

        assertThat(remaining()).containsExactly(10L);
        assertThat(balance()).isEqualTo(10);
    }
}
