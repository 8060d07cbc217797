package io.apihub.billing.testing;

import com.zaxxer.hikari.HikariDataSource;
import io.apihub.billing.account.Account;
import io.apihub.billing.account.Accounts;
import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.database.RegistryFixture;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.ledger.Ledger;
import io.apihub.billing.ledger.Posted;
import io.apihub.billing.ledger.Posting;
import io.apihub.billing.ledger.TransactionKind;
import io.apihub.billing.settings.Settings;
import io.apihub.model.money.Credits;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.support.TransactionTemplate;

/** Billing without its network: the real modules on a real Postgres. */
public final class Bank implements AutoCloseable {

    private final TestDatabase database;
    private final AnnotationConfigApplicationContext context;

    /** The one that all tests of this JVM share. */
    public Bank() {
        this(Shared.BANK.database, Shared.BANK.context);
    }

    private Bank(TestDatabase database, AnnotationConfigApplicationContext context) {
        this.database = database;
        this.context = context;
    }

    /** Another one, in a database of its own or in one that another process made. */
    public static Bank on(TestDatabase database) {
        var context = new AnnotationConfigApplicationContext();
        context.registerBean(Settings.class, () -> TestSettings.of(database));
        context.register(Wiring.class);
        context.refresh();
        // A starved machine may take longer than the service itself would ever wait.
        context.getBean(HikariDataSource.class).setConnectionTimeout(30_000);
        return new Bank(database, context);
    }

    private static final class Shared {
        private static final Bank BANK = on(TestDatabase.create());
    }

    /**
     * The modules that keep money and usage. No @Configuration: the whole billing must not find it.
     */
    @EnableTransactionManagement(proxyTargetClass = true)
    @ComponentScan(
            basePackages = "io.apihub.billing",
            excludeFilters =
                    @ComponentScan.Filter(
                            type = FilterType.REGEX,
                            pattern =
                                    "io\\.apihub\\.billing\\.(?!BillingConfiguration"
                                            + "|(account|budget|credit|database|ledger|pricing|stream"
                                            + "|usage)\\.).*"))
    static class Wiring {
        @Bean
        JdbcTransactionManager transactionManager(DataSource source) {
            return new JdbcTransactionManager(source);
        }

        @Bean
        JdbcTemplate jdbcTemplate(DataSource source) {
            return new JdbcTemplate(source);
        }
    }

    /** A component of billing. */
    public <T> T get(Class<T> type) {
        return context.getBean(type);
    }

    public RegistryFixture registry() {
        return database.registry();
    }

    /** With the rights of the service; takes part in {@link #inTransaction}. */
    public JdbcTemplate jdbc() {
        return get(JdbcTemplate.class);
    }

    /** With the rights of the owner of the schema. */
    public JdbcTemplate owner() {
        return database.admin();
    }

    public <T> T inTransaction(Supplier<T> work) {
        return Objects.requireNonNull(get(TransactionTemplate.class).execute(status -> work.get()));
    }

    public Posted post(Posting posting) {
        return inTransaction(() -> get(Ledger.class).post(posting));
    }

    /** Gives a tenant credit. */
    public Posted grant(UUID tenant, long micros) {
        return post(
                Posting.transfer(
                                TransactionKind.GRANT,
                                "test/" + UUID.randomUUID(),
                                platform(PlatformAccount.GRANTS),
                                account(tenant).id(),
                                new Credits(micros))
                        .by("tester", "a test"));
    }

    /** The account, opened and with its credit limit fresh. */
    public Account account(UUID tenant) {
        return inTransaction(() ->
                Objects.requireNonNull(get(Accounts.class).lock(List.of(tenant)).get(tenant)));
    }

    public long platform(PlatformAccount account) {
        return get(Accounts.class).id(account);
    }

    /** Moves an account's `leased` by hand. */
    public void lease(UUID tenant, long change) {
        var id = account(tenant).id();
        inTransaction(() -> {
            get(Accounts.class).changeLeased(Map.of(id, change));
            return id;
        });
    }

    /** A transaction of usage with nothing else in its statement. */
    public void rawTransaction(String reference) {
        jdbc().update(
                        "INSERT INTO billing.ledger_transaction (kind, reference, actor)"
                                + " VALUES ('usage', ?, 'tester')",
                        reference);
    }

    /**
     * A transaction of usage and its entries in one statement; its id.
     *
     * @param accounts and their amounts, each followed by its own
     */
    public long rawPosting(String reference, long... accounts) {
        var entries = new StringJoiner(", ");
        for (int i = 0; i < accounts.length; i += 2) {
            entries.add("(%d::bigint, %d::bigint)".formatted(accounts[i], accounts[i + 1]));
        }
        return count(
                "WITH t AS (INSERT INTO billing.ledger_transaction (kind, reference, actor)"
                        + " VALUES ('usage', ?, 'tester') RETURNING transaction_id), e AS (INSERT"
                        + " INTO billing.ledger_entry SELECT transaction_id, account, amount FROM t,"
                        + " (VALUES "
                        + entries
                        + ") AS v (account, amount)) SELECT transaction_id FROM t",
                reference);
    }

    public void rawEntry(long transaction, long account, long micros) {
        jdbc().update(
                        "INSERT INTO billing.ledger_entry VALUES (?, ?, ?)",
                        transaction,
                        account,
                        micros);
    }

    public long count(String sql, Object... parameters) {
        return Objects.requireNonNull(jdbc().queryForObject(sql, Long.class, parameters));
    }

    public long sumOfEntries(UUID tenant) {
        return count(
                "SELECT coalesce(sum(amount_micros), 0) FROM billing.ledger_entry"
                        + " JOIN billing.account USING (account_id) WHERE tenant_id = ?",
                tenant);
    }

    /** What must hold whatever happened: sums, balances, leases. */
    public void assertSound() {
        Soundness.check(jdbc());
    }

    /** Gives up its connections; never of the one that tests share. */
    @Override
    public void close() {
        context.close();
    }
}
