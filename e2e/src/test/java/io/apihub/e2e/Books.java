package io.apihub.e2e;

import io.apihub.dev.postgres.LocalPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the database says of one tenant, read by SQL of our own in one snapshot.
 *
 * @param moved the sum of the ledger's entries of the tenant's account, by kind of transaction
 * @param balance the account's, as the product keeps it
 * @param leased the account's, as the product keeps it
 * @param open the sum of what the account's leases have open
 * @param rejected usage records, of any tenant, that could not be booked
 * @param unbalanced ledger transactions, of any tenant, that do not sum to zero
 * @param overspent counters of the tenant's limits that are above their ceiling
 */
record Books(
        List<Row> rows,
        Map<String, Long> moved,
        long balance,
        long leased,
        long open,
        long rejected,
        long unbalanced,
        long overspent) {

    Books {
        rows = List.copyOf(rows);
        moved = Map.copyOf(moved);
    }

    /** A usage row; amounts in micro-units. */
    record Row(
            String hold,
            String requestId,
            String model,
            String outcome,
            boolean estimated,
            long input,
            long cached,
            long output,
            long cost,
            long held,
            long overage) {}

    static Books of(LocalPostgres postgres, String tenant) throws SQLException {
        try (var connection = postgres.connect()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            return new Reading(connection, tenant).books();
        }
    }

    private record Reading(Connection connection, String tenant) {

        private static final String TENANT =
                "(SELECT tenant_id FROM registry.tenant WHERE name = ? AND deleted_at IS NULL)";
        private static final String ACCOUNT =
                "(SELECT account_id FROM billing.account WHERE tenant_id = " + TENANT + ")";

        Books books() throws SQLException {
            return new Books(
                    rows(),
                    moved(),
                    number(
                            "SELECT balance_micros FROM billing.account WHERE tenant_id = "
                                    + TENANT),
                    number("SELECT leased_micros FROM billing.account WHERE tenant_id = " + TENANT),
                    number("SELECT sum(open) FROM billing.lease WHERE account_id = " + ACCOUNT),
                    number("SELECT count(*) FROM billing.usage_rejected WHERE ? <> ''"),
                    number(
                            """
                            SELECT count(*) FROM (
                              SELECT FROM billing.ledger_entry WHERE ? <> ''
                               GROUP BY transaction_id HAVING sum(amount_micros) <> 0) odd\
                            """),
                    overspent());
        }

        private long overspent() throws SQLException {
            if (number("SELECT count(*) FROM pg_tables WHERE tablename = 'budget' AND ? <> ''")
                    == 0) {
                return 0;
            }
            return number(
                    """
                    SELECT count(*) FROM billing.budget
                     WHERE spent + leased > greatest(ceiling, amount) AND tenant_id = \
                    """
                            + TENANT);
        }

        private List<Row> rows() throws SQLException {
            var sql =
                    """
                    SELECT hold_id, request_id, model, outcome, estimated, input_tokens,
                           cached_input_tokens, output_tokens, cost_micros, hold_micros, overage_micros
                      FROM billing.usage WHERE tenant_id = \
                    """;
            try (var statement = connection.prepareStatement(sql + TENANT)) {
                statement.setString(1, tenant);
                var rows = new ArrayList<Row>();
                try (var found = statement.executeQuery()) {
                    while (found.next()) {
                        rows.add(row(found));
                    }
                }
                return rows;
            }
        }

        private static Row row(ResultSet found) throws SQLException {
            return new Row(
                    found.getString("hold_id"),
                    found.getString("request_id"),
                    found.getString("model"),
                    found.getString("outcome"),
                    found.getBoolean("estimated"),
                    found.getLong("input_tokens"),
                    found.getLong("cached_input_tokens"),
                    found.getLong("output_tokens"),
                    found.getLong("cost_micros"),
                    found.getLong("hold_micros"),
                    found.getLong("overage_micros"));
        }

        private Map<String, Long> moved() throws SQLException {
            var sql =
                    """
                    SELECT t.kind, sum(e.amount_micros)
                      FROM billing.ledger_entry e JOIN billing.ledger_transaction t USING (transaction_id)
                     WHERE e.account_id = ACCOUNT GROUP BY t.kind\
                    """
                            .replace("ACCOUNT", ACCOUNT);
            try (var statement = connection.prepareStatement(sql)) {
                statement.setString(1, tenant);
                var moved = new HashMap<String, Long>();
                try (var found = statement.executeQuery()) {
                    while (found.next()) {
                        moved.put(found.getString(1), found.getLong(2));
                    }
                }
                return moved;
            }
        }

        /** The one number of a query whose one parameter is the tenant's name. */
        private long number(String sql) throws SQLException {
            try (var statement = connection.prepareStatement(sql)) {
                statement.setString(1, tenant);
                try (var found = statement.executeQuery()) {
                    return found.next() ? found.getLong(1) : 0;
                }
            }
        }
    }
}
