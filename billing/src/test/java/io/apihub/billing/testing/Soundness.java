package io.apihub.billing.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/** What must hold of the tables whatever happened: sums, balances, leases. */
public final class Soundness {

    private Soundness() {}

    public static void check(JdbcTemplate jdbc) {
        money(jdbc);
        limits(jdbc);
    }

    private static void money(JdbcTemplate jdbc) {
        none(
                jdbc,
                "all entries sum to zero",
                "SELECT coalesce(sum(amount_micros), 0) FROM billing.ledger_entry");
        none(
                jdbc,
                "accounts whose balance is not the sum of their entries",
                "SELECT count(*) FROM billing.account a WHERE tenant_id IS NOT"
                        + " NULL AND balance_micros <> (SELECT"
                        + " coalesce(sum(amount_micros), 0) FROM"
                        + " billing.ledger_entry e WHERE e.account_id ="
                        + " a.account_id)");
        none(
                jdbc,
                "accounts whose leased is not what their leases have open",
                "SELECT count(*) FROM billing.account a WHERE tenant_id IS NOT"
                        + " NULL AND leased_micros <> (SELECT"
                        + " coalesce(sum(open), 0) FROM billing.lease l"
                        + " WHERE l.account_id = a.account_id) AND EXISTS (SELECT"
                        + " FROM billing.lease l WHERE l.account_id ="
                        + " a.account_id)");
    }

    private static void limits(JdbcTemplate jdbc) {
        none(
                jdbc,
                "budgets that are not the sum of their leases",
                "SELECT count(*) FROM billing.budget b WHERE (leased, spent -"
                        + " corrected) <> (SELECT"
                        + " coalesce(sum(open), 0), coalesce(sum(spent), 0) FROM"
                        + " billing.lease l WHERE l.budget_id = b.budget_id)");
        none(
                jdbc,
                "shares that are not the sum of their leases",
                "SELECT count(*) FROM billing.share s WHERE leased IS DISTINCT FROM"
                        + " (SELECT coalesce(sum(open), 0) FROM billing.lease l"
                        + " WHERE l.share_id = s.share_id)");
        for (var unit : List.of("minute", "hour")) {
            none(
                    jdbc,
                    "tenants whose chart of each " + unit + " is not their bill",
                    "SELECT count(*) FROM (SELECT tenant_id, sum(cost_micros) AS cost,"
                            + " count(*) AS n FROM billing.usage GROUP BY 1) u FULL"
                            + " JOIN (SELECT tenant_id, sum(cost_micros) AS cost,"
                            + " sum(requests) AS n FROM billing.usage_"
                            + unit
                            + " GROUP BY 1) m USING (tenant_id) WHERE (u.cost, u.n) IS DISTINCT"
                            + " FROM (m.cost, m.n)");
        }
    }

    private static void none(JdbcTemplate jdbc, String what, String sql) {
        assertThat(jdbc.queryForObject(sql, Long.class)).as(what).isZero();
    }
}
