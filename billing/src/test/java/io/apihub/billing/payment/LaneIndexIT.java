package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.ConnectionCallback;

/** However much of one provider waits: what is due of another is found without reading it. */
class LaneIndexIT {

    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final Lane QUIET = new Lane(List.of("quiet"), false);
    private static final int BUSY = 20_000;

    @BeforeAll
    static void oneIsBusy() {
        var admin = DATABASE.admin();
        admin.update(
                "INSERT INTO billing.payment_order (order_id, tenant_id, actor, provider, type,"
                        + " credit_micros, bonus_micros, pay_amount, pay_currency, rate,"
                        + " fee_percent, expires_at, next_poll_at) SELECT gen_random_uuid(),"
                        + " gen_random_uuid(), 'x', CASE WHEN n % 500 = 0 THEN 'quiet' ELSE 'busy'"
                        + " END, 'alipay', 1, 0, 1, 'CNY', 1, 0, now() + interval '1 h',"
                        + " now() - n * interval '1 s' FROM generate_series(1, ?) n",
                BUSY);
        admin.update(
                "INSERT INTO billing.payment_inquiry (provider, trade_no, order_id, next_try_at)"
                        + " SELECT provider, seq::text, order_id, next_poll_at"
                        + " FROM billing.payment_order");
        admin.execute("ANALYZE billing.payment_order, billing.payment_inquiry");
    }

    /** Both as it is planned for these values, and for any. */
    @ParameterizedTest
    @ValueSource(strings = {"force_custom_plan", "force_generic_plan"})
    void dueOrdersAreFoundByTheLanesIndex(String mode) {
        assertReadsOnlyItsOwn(mode, "payment_order_due", "next_poll_at", Orders::claim);
    }

    @ParameterizedTest
    @ValueSource(strings = {"force_custom_plan", "force_generic_plan"})
    void dueInquiriesAreFoundByTheLanesIndex(String mode) {
        assertReadsOnlyItsOwn(mode, "payment_inquiry_due", "next_try_at", Inquiries::claim);
    }

    private static void assertReadsOnlyItsOwn(
            String mode, String index, String due, BiFunction<Lane, Integer, String> claim) {
        var plan = plan(mode, claim.apply(QUIET, 6));

        assertThat(plan)
                .as(plan)
                .containsPattern("Index Scan using " + index + "\\b")
                .containsPattern("Index Cond: \\(\\(provider = [^)]+\\) AND \\(" + due + " <= ")
                .doesNotContain("Seq Scan", "Rows Removed by Filter", "Sort Key");
    }

    /** As it was run, and taken back. */
    private static String plan(String mode, String sql) {
        return Objects.requireNonNull(
                DATABASE.admin()
                        .execute(
                                (ConnectionCallback<String>)
                                        connection -> {
                                            connection.setAutoCommit(false);
                                            try (var statement = connection.createStatement()) {
                                                return plan(statement, mode, sql);
                                            } finally {
                                                connection.rollback();
                                            }
                                        }));
    }

    private static String plan(Statement statement, String mode, String sql) throws SQLException {
        statement.execute("SET LOCAL plan_cache_mode = " + mode);
        // The connection is kept for the next plan.
        statement.execute("DEALLOCATE ALL");
        statement.execute("PREPARE claim(float8, text) AS " + numbered(sql));
        var lines = new StringJoiner("\n");
        try (var rows =
                statement.executeQuery(
                        "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF)"
                                + " EXECUTE claim(60, 'quiet')")) {
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
        }
        return lines.toString();
    }

    private static String numbered(String sql) {
        var numbers = new AtomicInteger();
        return Pattern.compile("\\?")
                .matcher(sql)
                .replaceAll(mark -> "\\$" + numbers.incrementAndGet());
    }
}
