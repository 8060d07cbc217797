package io.apihub.billing.budget;

import static io.apihub.policy.v1.Limit.Metric.METRIC_REQUESTS;
import static io.apihub.policy.v1.Limit.Window.WINDOW_DAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Bank;
import io.apihub.billing.testing.Limits;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;

/** What is forgotten, and what never is. */
class RetentionIT {

    private final Bank bank = Bank.on(TestDatabase.create());
    private final UUID tenant = bank.registry().tenant("old");
    private final Limits limits = new Limits(bank, tenant, "old");
    private final LimitKey key = limits.quota("q", METRIC_REQUESTS, WINDOW_DAY, 1_000);

    @AfterEach
    void stop() {
        bank.close();
    }

    @Test
    void whatClosedLongAgoGoesInBatchesAndTheRestStays() {
        var gone = new Gateway(bank);
        for (int i = 0; i < 7; i++) {
            lease(gone);
        }
        gone.close();
        var live = new Gateway(bank);
        long open = lease(live);
        long closed = lease(live);
        live.giveBack(closed, 10, true);
        age("lease", "closed_at = closed_at - interval '31 days'", "incarnation", gone);
        age("lease", "created_at = created_at - interval '31 days'", "incarnation", live);
        age("incarnation", "last_seen = last_seen - interval '31 days'", "incarnation", gone);

        assertThat(bank.get(Retention.class).forget(3)).isEqualTo(7 + 1);
        assertThat(bank.get(Retention.class).forget(3)).isZero();

        assertThat(bank.jdbc().queryForList("SELECT lease_id FROM billing.lease", Long.class))
                .containsExactlyInAnyOrder(open, closed);
        assertThat(bank.count("SELECT count(*) FROM billing.incarnation")).isEqualTo(1);
    }

    @Test
    void aWindowGoesOnlyAfterItsLeases() {
        var gateway = new Gateway(bank);
        long lease = lease(gateway);
        bank.owner()
                .update("UPDATE billing.budget SET window_start_millis = 1, window_end_millis = 2");

        assertThat(bank.get(Retention.class).forget(10)).isZero();

        gateway.giveBack(lease, 10, true);
        bank.owner().update("UPDATE billing.lease SET closed_at = now() - interval '31 days'");
        assertThat(bank.get(Retention.class).forget(10)).isEqualTo(2);
        assertThat(bank.count("SELECT count(*) FROM billing.budget")).isZero();
    }

    @Test
    void whoWasGivenUpIsNeverForgotten() {
        var gateway = new Gateway(bank);
        gateway.close();
        bank.get(CreditStore.class).giveUp(gateway.incarnation(), 1, 5);
        age("incarnation", "last_seen = last_seen - interval '99 days'", "incarnation", gateway);

        assertThat(bank.get(Retention.class).forget(10)).isZero();
    }

    @Test
    void theServiceItselfCanDeleteNothing() {
        assertThatThrownBy(() -> bank.jdbc().update("DELETE FROM billing.lease"))
                .isInstanceOf(DataAccessException.class);
        assertThatThrownBy(() -> bank.jdbc().update("DELETE FROM billing.budget"))
                .isInstanceOf(DataAccessException.class);
    }

    private long lease(Gateway gateway) {
        var answer = gateway.grant(gateway.ask(new Want(new Want.OfBudget(key, 0), 10, 10)));
        assertThat(answer).isInstanceOf(Answer.Granted.class);
        return ((Answer.Granted) answer).parts().getFirst().lease();
    }

    private void age(String table, String how, String column, Gateway gateway) {
        bank.owner()
                .update(
                        "UPDATE billing." + table + " SET " + how + " WHERE " + column + " = ?",
                        gateway.incarnation());
    }
}
