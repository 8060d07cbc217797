package io.apihub.billing.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the service's role may do with each table, the whole matrix. */
class GrantsIT {

    private static final TestDatabase DATABASE = TestDatabase.create();

    /** Written once and never changed: money, and what says who did what. */
    private static final Set<String> APPEND_ONLY =
            Set.of(
                    "ledger_transaction",
                    "ledger_entry",
                    "usage_rejected",
                    "idempotent_answer",
                    "unattributed",
                    "audit",
                    "balance_mark",
                    "payment",
                    "code",
                    "code_use",
                    "key_maker",
                    "plan_version",
                    "subscription_event");

    /** What money and its proofs are kept in: no row of it may go. */
    private static final Set<String> KEPT =
            Set.of(
                    "account",
                    "budget",
                    "incarnation",
                    "lease",
                    "share",
                    "usage",
                    "usage_minute",
                    "usage_hour",
                    "usage_quarter",
                    "refusal",
                    "refusal_report",
                    "limit_state",
                    "payment_order",
                    "payment_refund",
                    "payment_suspense",
                    "payment_sweep",
                    "code_batch",
                    "debit",
                    "credit_lot",
                    "lot_position",
                    "notice",
                    "notice_setting",
                    "plan",
                    "subscription",
                    "plan_order",
                    "plan_application");

    @Test
    void whatIsAppendOnlyTakesRowsAndNothingElse() {
        var rights = rights();

        assertThat(rights.keySet()).containsAll(APPEND_ONLY);
        for (var table : APPEND_ONLY) {
            assertThat(rights.get(table)).as(table).isSubsetOf("SELECT", "INSERT");
        }
    }

    @Test
    void noRowOfMoneyOrUsageGoes() {
        var rights = rights();

        assertThat(rights.keySet()).containsAll(KEPT);
        for (var table : KEPT) {
            assertThat(rights.get(table)).as(table).isSubsetOf("SELECT", "INSERT", "UPDATE");
        }
    }

    @Test
    void noTableAtAllMayBeEmptiedWiredOrOwned() {
        rights().forEach((table, rights) ->
                assertThat(rights).as(table).doesNotContain("TRUNCATE", "TRIGGER", "REFERENCES"));
        assertThat(
                        DATABASE.admin()
                                .queryForList(
                                        "SELECT tablename FROM pg_tables WHERE schemaname IN"
                                                + " ('billing', 'registry') AND tableowner ="
                                                + " 'apihub_billing'",
                                        String.class))
                .isEmpty();
    }

    @Test
    void theRegistryIsReadAndNothingElse() {
        assertThat(
                        DATABASE.admin()
                                .queryForList(
                                        "SELECT DISTINCT p FROM pg_tables t, unnest(ARRAY['INSERT',"
                                                + " 'UPDATE', 'DELETE', 'TRUNCATE']) AS p WHERE"
                                                + " schemaname = 'registry' AND (has_table_privilege("
                                                + "'apihub_billing', schemaname || '.' || tablename,"
                                                + " p) OR (p IN ('INSERT', 'UPDATE') AND"
                                                + " has_any_column_privilege('apihub_billing',"
                                                + " schemaname || '.' || tablename, p)))",
                                        String.class))
                .isEmpty();
    }

    @Test
    void columnsThatTheDatabaseKeepsAreNotWritten() {
        assertThat(writable("account", "UPDATE"))
                .containsExactlyInAnyOrder("leased_micros", "credit_limit_micros");
        assertThat(writable("account", "INSERT"))
                .containsExactlyInAnyOrder("tenant_id", "credit_limit_micros");
        assertThat(writable("ledger_transaction", "INSERT"))
                .containsExactlyInAnyOrder("kind", "reference", "memo", "actor", "reason");
        assertThat(writable("budget", "UPDATE")).doesNotContain("ceiling", "tenant_id", "subject");
    }

    private static List<String> writable(String table, String right) {
        return DATABASE
                .admin()
                .queryForList(
                        "SELECT attname FROM pg_attribute WHERE attrelid = ('billing.' || ?)::regclass"
                                + " AND attnum > 0 AND NOT attisdropped AND has_column_privilege("
                                + "'apihub_billing', attrelid, attnum, ?)",
                        String.class,
                        table,
                        right)
                .stream()
                .map(String::valueOf)
                .toList();
    }

    /** By table, of the schema billing; a right on any column counts. */
    private static Map<String, Set<String>> rights() {
        var rights = new TreeMap<String, Set<String>>();
        for (var table :
                DATABASE.admin()
                        .queryForList(
                                "SELECT tablename FROM pg_tables WHERE schemaname = 'billing' AND"
                                        + " tablename NOT LIKE 'flyway%' AND tablename NOT LIKE"
                                        + " 'usage\\_2%'",
                                String.class)) {
            rights.put(
                    table,
                    DATABASE
                            .admin()
                            .queryForList(
                                    "SELECT p FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE',"
                                            + " 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])"
                                            + " AS p WHERE has_table_privilege('apihub_billing',"
                                            + " 'billing.' || ?, p) OR (p IN ('SELECT', 'INSERT',"
                                            + " 'UPDATE', 'REFERENCES') AND has_any_column_privilege("
                                            + "'apihub_billing', 'billing.' || ?, p))",
                                    String.class,
                                    table,
                                    table)
                            .stream()
                            .map(String::valueOf)
                            .collect(Collectors.toSet()));
        }
        return rights;
    }
}
