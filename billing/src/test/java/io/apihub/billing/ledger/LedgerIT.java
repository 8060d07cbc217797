package io.apihub.billing.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.testing.Bank;
import io.apihub.model.money.Credits;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;

/** Attempts to break the ledger, with the rights that the service has. */
class LedgerIT {

    private final Bank bank = new Bank();
    private UUID tenant = UUID.randomUUID();

    @BeforeEach
    void aTenantWithTen() {
        tenant = bank.registry().tenant("acme-" + UUID.randomUUID());
        bank.grant(tenant, 10_000_000);
    }

    @Test
    void aBalanceIsTheSumOfItsEntries() {
        bank.post(usage("u1", 2_500_000));
        bank.post(usage("u2", 1));

        assertThat(bank.account(tenant).balance()).isEqualTo(new Credits(7_499_999));
        assertThat(bank.sumOfEntries(tenant)).isEqualTo(7_499_999);
        bank.assertSound();
    }

    @Test
    void aReferenceIsPostedOnce() {
        var first = bank.post(usage("twice", 5));

        var second = bank.post(usage("twice", 5));

        assertThat(first.fresh()).isTrue();
        assertThat(second).isEqualTo(new Posted(first.transactionId(), first.reference(), false));
        assertThat(bank.account(tenant).balance()).isEqualTo(new Credits(9_999_995));
    }

    @Test
    void aReferenceWithOtherEntriesIsRefused() {
        bank.post(usage("changed", 5));

        assertThatThrownBy(() -> bank.post(usage("changed", 6)))
                .isInstanceOf(ReferenceReused.class);
    }

    @Test
    void aDebitOfMoreThanIsLeftIsRefusedAndChangesNothing() {
        assertThatThrownBy(() -> bank.post(usage("too-much", 10_000_001)))
                .isInstanceOf(NotCovered.class);

        assertThat(bank.account(tenant).balance()).isEqualTo(new Credits(10_000_000));
        assertThat(
                        bank.count(
                                "SELECT count(*) FROM billing.ledger_transaction WHERE reference = '"
                                        + tenant
                                        + "/too-much'"))
                .isZero();
    }

    @Test
    void anOverageIsOwedEvenWhereNothingIsLeft() {
        bank.post(usage("all", 10_000_000));

        bank.post(transfer(TransactionKind.OVERAGE, "over", PlatformAccount.OVERAGE, 300));

        assertThat(bank.account(tenant).balance()).isEqualTo(new Credits(-300));
        assertThatThrownBy(() -> bank.post(usage("more", 1))).isInstanceOf(NotCovered.class);
        bank.grant(tenant, 301);
        bank.post(usage("more", 1));
        assertThatThrownBy(() -> bank.post(usage("still-more", 1)))
                .as("the floor that the overage made is gone once it is repaid")
                .isInstanceOf(NotCovered.class);
        bank.assertSound();
    }

    @ParameterizedTest
    @ValueSource(longs = {-4, -6, 5})
    void aTransactionThatDoesNotSumToZeroIsRefused(long other) {
        var account = bank.account(tenant).id();
        var grants = bank.platform(PlatformAccount.GRANTS);

        assertThatThrownBy(() -> bank.rawPosting("unbalanced", account, 5, grants, other))
                .hasStackTraceContaining("does not sum to zero");
        bank.assertSound();
    }

    @Test
    void aTransactionOfFewerThanTwoEntriesIsRefused() {
        var account = bank.account(tenant).id();

        assertThatThrownBy(() -> bank.rawTransaction("empty"))
                .hasStackTraceContaining("does not sum to zero");
        assertThatThrownBy(() -> bank.rawPosting("one-sided", account, 5))
                .hasStackTraceContaining("does not sum to zero");
        bank.assertSound();
    }

    /** Where many are posted by one statement, one that is wrong is no other's matter. */
    @Test
    void whatAnotherTransactionHasTooMuchMakesNothingGood() {
        var account = bank.account(tenant).id();
        var grants = bank.platform(PlatformAccount.GRANTS);

        assertThatThrownBy(() ->
                        bank.inTransaction(() -> {
                            long one = bank.rawPosting("one", account, 5, grants, -5);
                            long two = bank.rawPosting("two", account, 5, grants, -5);
                            return bank.jdbc()
                                    .update(
                                            "INSERT INTO billing.ledger_entry VALUES"
                                                    + " (?, ?, 7), (?, ?, -7)",
                                            one,
                                            bank.platform(PlatformAccount.SUSPENSE),
                                            two,
                                            bank.platform(PlatformAccount.SUSPENSE));
                        }))
                .hasStackTraceContaining("does not sum to zero");
        bank.assertSound();
    }

    @Test
    void anEntryThatComesLaterInTheSameTransactionIsRefused() {
        var account = bank.account(tenant).id();

        assertThatThrownBy(() ->
                        bank.inTransaction(() -> {
                            long id =
                                    bank.rawPosting(
                                            "early",
                                            account,
                                            5,
                                            bank.platform(PlatformAccount.GRANTS),
                                            -5);
                            bank.rawEntry(id, bank.platform(PlatformAccount.SUSPENSE), 7);
                            return id;
                        }))
                .hasStackTraceContaining("does not sum to zero");
        bank.assertSound();
    }

    @Test
    void entriesAreOfTransactionsAndAccountsThatAreThere() {
        var account = bank.account(tenant).id();

        assertThatThrownBy(() -> bank.rawPosting("nobody's", account, 5, 999_999_999, -5))
                .hasStackTraceContaining("account that is not there");
        assertThatThrownBy(() ->
                        bank.jdbc()
                                .update(
                                        "INSERT INTO billing.ledger_entry VALUES"
                                                + " (999999999, ?, 7), (999999999, ?, -7)",
                                        account,
                                        bank.platform(PlatformAccount.GRANTS)))
                .hasStackTraceContaining("takes no more entries");
        bank.assertSound();
    }

    /** Otherwise entries might be left without one. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM billing.account",
                "UPDATE billing.account SET account_id = DEFAULT",
                "TRUNCATE billing.account CASCADE",
            })
    void anAccountStays(String attempt) {
        assertThatThrownBy(() -> bank.owner().execute(attempt))
                .as("not even by the owner")
                .hasStackTraceContaining("append-only");
    }

    @Test
    void howOldAPostingIsIsLookedAtWhenItIsCommitted() {
        assertThat(
                        bank.count(
                                "SELECT count(*) FROM pg_trigger JOIN pg_proc p ON p.oid = tgfoid"
                                        + " WHERE tgrelid = 'billing.ledger_transaction'::regclass"
                                        + " AND tgenabled = 'O' AND tginitdeferred"
                                        + " AND p.prosrc LIKE '%billing.check_age(now())%'"))
                .isOne();
    }

    @Test
    void aCommittedTransactionTakesNoMoreEntries() {
        var posted = bank.post(usage("done", 5));

        assertThatThrownBy(() ->
                        bank.jdbc()
                                .update(
                                        "INSERT INTO billing.ledger_entry VALUES"
                                                + " (?, ?, 7), (?, ?, -7)",
                                        posted.transactionId(),
                                        bank.platform(PlatformAccount.SUSPENSE),
                                        posted.transactionId(),
                                        bank.platform(PlatformAccount.GRANTS)))
                .hasStackTraceContaining("takes no more entries");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE billing.ledger_entry SET amount_micros = 1",
                "DELETE FROM billing.ledger_entry",
                "TRUNCATE billing.ledger_entry",
                "UPDATE billing.ledger_transaction SET memo = 'x'",
                "DELETE FROM billing.ledger_transaction",
                "TRUNCATE billing.ledger_transaction CASCADE",
            })
    void nothingInTheLedgerIsEdited(String attempt) {
        assertThatThrownBy(() -> bank.jdbc().execute(attempt))
                .isInstanceOf(DataAccessException.class)
                .hasStackTraceContaining("permission denied");
        assertThatThrownBy(() -> bank.owner().execute(attempt))
                .as("not even by the owner")
                .hasStackTraceContaining("append-only");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE billing.account SET balance_micros = balance_micros + 1",
                "UPDATE billing.account SET credit_floor_micros = 1000000000",
                "INSERT INTO billing.account (tenant_id, balance_micros) VALUES"
                        + " (gen_random_uuid(), 5)",
                "DELETE FROM billing.account",
                "DELETE FROM billing.lease",
                "DELETE FROM billing.usage",
                "DELETE FROM billing.usage_rejected",
                "UPDATE billing.idempotent_answer SET body = ''",
                "UPDATE registry.tenant SET credit_limit_micros = 1000000000",
                "INSERT INTO billing.ledger_transaction (kind, reference, actor, created_in)"
                        + " VALUES ('usage', 'forged', 'x', '3')",
                "ALTER TABLE billing.ledger_entry DISABLE TRIGGER ALL",
                "SET session_replication_role = replica",
                "DROP TABLE billing.lease",
                "CREATE TABLE billing.mine (a int)",
            })
    void theServiceCannotMakeMoney(String attempt) {
        assertThatThrownBy(() -> bank.jdbc().execute(attempt))
                .satisfiesAnyOf(
                        e -> assertThat(e).hasStackTraceContaining("permission denied"),
                        e -> assertThat(e).hasStackTraceContaining("must be owner"));
    }

    @Test
    void moreCannotBeLeasedThanThereIs() {
        var account = bank.account(tenant).id();

        assertThatThrownBy(() ->
                        bank.jdbc()
                                .update(
                                        "UPDATE billing.account SET leased_micros ="
                                                + " 10000001 WHERE account_id = ?",
                                        account))
                .hasStackTraceContaining("account_covered");
    }

    @Test
    void aLoweredCreditLimitKeepsWhatIsCommittedAndNoMore() {
        bank.registry().creditLimit(tenant, new Credits(5_000_000));
        bank.lease(tenant, 14_000_000);
        bank.registry().creditLimit(tenant, Credits.ZERO);

        var lowered = bank.account(tenant);

        assertThat(lowered.available()).isEqualTo(new Credits(-4_000_000));
        assertThatThrownBy(() -> bank.lease(tenant, 1)).hasStackTraceContaining("account_covered");
        bank.lease(tenant, -13_000_000);
        assertThat(bank.account(tenant).available()).isEqualTo(new Credits(9_000_000));
        assertThatThrownBy(() -> bank.lease(tenant, 9_000_001))
                .hasStackTraceContaining("account_covered");
    }

    @Test
    void entriesOfOnePostingMustSumToZero() {
        assertThatThrownBy(() ->
                        new Posting(
                                TransactionKind.USAGE,
                                "r",
                                "a",
                                "",
                                "",
                                List.of(
                                        new Entry(1, new Credits(5)),
                                        new Entry(2, new Credits(-4)))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private Posting usage(String reference, long micros) {
        return transfer(TransactionKind.USAGE, reference, PlatformAccount.USAGE_REVENUE, micros);
    }

    private Posting transfer(
            TransactionKind kind, String reference, PlatformAccount to, long micros) {
        return Posting.transfer(
                kind,
                tenant + "/" + reference,
                bank.account(tenant).id(),
                bank.platform(to),
                new Credits(micros));
    }
}
