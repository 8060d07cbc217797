package io.apihub.extauthz.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.extauthz.credit.HoldOutcome;
import io.apihub.extauthz.error.Denial;
import io.apihub.extauthz.error.Reason;
import io.apihub.policy.v1.Change;
import io.apihub.policy.v1.Limit;
import io.apihub.policy.v1.Limit.Metric;
import io.apihub.policy.v1.Limit.Window;
import io.apihub.policy.v1.Quota;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A quota is changed or deleted while a request waits for credit. */
class SupersededLimitsTest {

    private final World world = new World();

    @BeforeEach
    void whatAppliesFirst() {
        quota(limit(Metric.METRIC_REQUESTS, 5));
    }

    @Test
    void theNewestPolicyDecides() {
        supersededBy(limit(Metric.METRIC_COST, 1_000_000_000));

        var hold = ((Decision.Allowed) check()).hold().message();

        assertThat(hold.getTakenList()).hasSize(2);
        assertThat(hold.getTaken(1).getAmount()).as("of the cost").isEqualTo(hold.getCostMicros());
    }

    @Test
    void theNewestPolicyRefuses() {
        supersededBy(limit(Metric.METRIC_COST, 0));

        assertThat(denied().limit()).isEqualTo("q/r");
    }

    @Test
    void aNewLimitThatIsNotUnderstoodRefuses() {
        supersededBy(limit(Metric.METRIC_REQUESTS, 5).setMetricValue(77));

        assertThat(denied().reason()).isEqualTo(Reason.LIMIT_NOT_UNDERSTOOD);
    }

    @Test
    void nothingIsDecidedAgainForATenantThatIsGone() {
        world.credit =
                found -> {
                    world.gone();
                    return new HoldOutcome.Superseded();
                };

        assertThat(denied().reason()).isEqualTo(Reason.GRANT_UNAVAILABLE);
    }

    private void supersededBy(Limit.Builder limit) {
        world.credit =
                found -> {
                    world.credit = again -> again;
                    quota(limit);
                    return new HoldOutcome.Superseded();
                };
    }

    private void quota(Limit.Builder limit) {
        world.add(
                Change.newBuilder()
                        .setQuota(
                                Quota.newBuilder()
                                        .setUid(World.id(50))
                                        .setTenantId(World.id(1))
                                        .setNamespace(World.TENANT)
                                        .setName("q")
                                        .setAllKeys(true)
                                        .addLimits(limit))
                        .build());
    }

    private static Limit.Builder limit(Metric metric, long amount) {
        return Limit.newBuilder()
                .setName("r")
                .setMetric(metric)
                .setWindow(Window.WINDOW_DAY)
                .setAmount(amount);
    }

    private Denial denied() {
        return ((Decision.Denied) check()).denial();
    }

    private Decision check() {
        return world.chat("{\"model\":\"gpt-4o\",\"max_tokens\":10}");
    }
}
