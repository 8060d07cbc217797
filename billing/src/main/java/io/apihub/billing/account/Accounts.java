package io.apihub.billing.account;

import io.apihub.billing.database.JointUpdate;
import io.apihub.model.money.Credits;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * The accounts. Balances follow from the ledger's entries, in the database; only `leased` and the
 * credit limit are written here. Every writing method belongs in a transaction of the caller.
 */
@Component
public class Accounts {

    private static final String SELECT =
            "SELECT account_id, tenant_id, balance_micros, leased_micros, credit_limit_micros"
                    + " FROM billing.account WHERE tenant_id = ANY (?)";

    private final JdbcTemplate jdbc;
    private final Tenants tenants;
    private volatile @Nullable Map<PlatformAccount, Long> platformAccounts;

    Accounts(JdbcTemplate jdbc, Tenants tenants) {
        this.jdbc = jdbc;
        this.tenants = tenants;
    }

    /**
     * Locks the tenants' accounts, in the order of their ids, until the transaction ends. Opens
     * those that are missing, if the registry knows the tenant. Credit limits are the registry's of
     * this moment.
     *
     * @return by tenant id; without the tenants that neither registry nor ledger knows
     */
    public Map<UUID, Account> lock(Collection<UUID> tenantIds) {
        var locked = lockOpened(tenantIds);
        var missing = new HashSet<>(tenantIds);
        missing.removeAll(locked.keySet());
        if (!missing.isEmpty()) {
            var registered = tenants.findAll(missing).keySet();
            if (!registered.isEmpty()) {
                registered.stream().sorted().forEach(this::open);
                // All again: locks must be taken in the order of ids.
                locked = lockOpened(tenantIds);
            }
        }
        var accounts = new LinkedHashMap<UUID, Account>();
        locked.forEach((tenant, found) -> accounts.put(tenant, withLimit(found)));
        return accounts;
    }

    /**
     * An account, and the credit limit that the registry has.
     *
     * @param limit null if the registry never knew the tenant
     */
    private record Found(Account account, @Nullable Credits limit) {}

    /** Of a recreated tenant the resource that lives counts, and one that is gone has no limit. */
    private static final String LOCK =
            "SELECT a.account_id, a.tenant_id, a.balance_micros, a.leased_micros,"
                    + " a.credit_limit_micros, t.granted FROM billing.account a LEFT JOIN LATERAL"
                    + " (SELECT CASE WHEN deleted_at IS NULL THEN credit_limit_micros ELSE 0 END"
                    + " AS granted FROM registry.tenant r WHERE r.tenant_id = a.tenant_id"
                    + " ORDER BY deleted_at DESC NULLS FIRST LIMIT 1) t ON true"
                    + " WHERE a.tenant_id = ANY (?) ORDER BY a.account_id"
                    + " FOR NO KEY UPDATE OF a";

    private Map<UUID, Found> lockOpened(Collection<UUID> tenantIds) {
        var found = new LinkedHashMap<UUID, Found>();
        jdbc.query(
                LOCK,
                row -> {
                    var account = account(row);
                    long granted = row.getLong("granted");
                    var limit = row.wasNull() ? null : new Credits(granted);
                    found.put(account.tenantId(), new Found(account, limit));
                },
                (Object) tenantIds.toArray(UUID[]::new));
        return found;
    }

    private void open(UUID tenantId) {
        jdbc.update(
                "INSERT INTO billing.account (tenant_id) VALUES (?) ON CONFLICT DO NOTHING",
                tenantId);
    }

    private Account withLimit(Found found) {
        var account = found.account();
        var limit = found.limit();
        if (limit == null || limit.equals(account.creditLimit())) {
            return account;
        }
        jdbc.update(
                "UPDATE billing.account SET credit_limit_micros = ? WHERE account_id = ?",
                limit.micros(),
                account.id());
        return new Account(
                account.id(), account.tenantId(), account.balance(), account.leased(), limit);
    }

    /** Locks accounts of tenants by id, in their order, until the transaction ends. */
    public List<Account> lockIds(Collection<Long> ids) {
        return jdbc.query(
                "SELECT account_id, tenant_id, balance_micros, leased_micros, credit_limit_micros"
                        + " FROM billing.account WHERE account_id = ANY (?) AND tenant_id IS NOT"
                        + " NULL ORDER BY account_id FOR NO KEY UPDATE",
                (row, number) -> account(row),
                (Object) ids.toArray(Long[]::new));
    }

    /**
     * Moves `leased` of locked accounts.
     *
     * @param changes micro-units by account id; positive leases more
     */
    public void changeLeased(Map<Long, Long> changes) {
        var update = new JointUpdate();
        changeLeased(changes, update);
        update.run(jdbc);
    }

    /** The same, as a part of a statement; see {@link #changeLeased(Map)}. */
    public void changeLeased(Map<Long, Long> changes, JointUpdate update) {
        var moved = changes.entrySet().stream().filter(change -> change.getValue() != 0).toList();
        if (moved.isEmpty()) {
            return;
        }
        update.add(
                "UPDATE billing.account a SET leased_micros = a.leased_micros + c.change"
                        + " FROM unnest(?::bigint[], ?::bigint[]) AS c (id, change)"
                        + " WHERE a.account_id = c.id",
                moved.stream().map(Map.Entry::getKey).toArray(Long[]::new),
                moved.stream().map(Map.Entry::getValue).toArray(Long[]::new));
    }

    /** The account as it is, without a lock; empty if nothing was ever booked or leased. */
    public Optional<Account> find(UUID tenantId) {
        return Optional.ofNullable(byTenant(SELECT, List.of(tenantId)).get(tenantId));
    }

    /** The tenants of accounts, by the accounts' ids; platform accounts have none. */
    public Map<Long, UUID> tenants(Collection<Long> ids) {
        var found = new HashMap<Long, UUID>();
        jdbc.query(
                "SELECT account_id, tenant_id FROM billing.account WHERE account_id = ANY (?)"
                        + " AND tenant_id IS NOT NULL",
                row -> {
                    found.put(row.getLong(1), row.getObject(2, UUID.class));
                },
                (Object) ids.toArray(Long[]::new));
        return found;
    }

    /** The id of a platform account. */
    public long id(PlatformAccount account) {
        var ids = platformAccounts;
        if (ids == null) {
            ids = readPlatformAccounts();
            platformAccounts = ids;
        }
        var id = ids.get(account);
        if (id == null) {
            throw new IllegalStateException("the schema has no account " + account.wireName());
        }
        return id;
    }

    private Map<PlatformAccount, Long> readPlatformAccounts() {
        var ids = new EnumMap<PlatformAccount, Long>(PlatformAccount.class);
        for (var account : PlatformAccount.values()) {
            jdbc.query(
                    "SELECT account_id FROM billing.account WHERE platform_name = ?",
                    row -> {
                        ids.put(account, row.getLong(1));
                    },
                    account.wireName());
        }
        return ids;
    }

    private Map<UUID, Account> byTenant(String sql, Collection<UUID> tenantIds) {
        var accounts = new LinkedHashMap<UUID, Account>();
        jdbc.query(
                sql,
                row -> {
                    var account = account(row);
                    accounts.put(account.tenantId(), account);
                },
                (Object) tenantIds.toArray(UUID[]::new));
        return accounts;
    }

    private static Account account(ResultSet row) throws SQLException {
        return new Account(
                row.getLong("account_id"),
                row.getObject("tenant_id", UUID.class),
                new Credits(row.getLong("balance_micros")),
                new Credits(row.getLong("leased_micros")),
                new Credits(row.getLong("credit_limit_micros")));
    }
}
