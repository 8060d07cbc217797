package io.apihub.extauthz.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.model.price.ModelPattern;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QuotaLimiterTest {

    private static final KeyUid ALICE = new KeyUid(1, 1);
    private static final KeyUid BOB = new KeyUid(2, 2);

    /** Close to overflow on purpose: a monotonic clock may start anywhere. */
    private final AtomicLong now =
            new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(30).toNanos());

    private final QuotaLimiter limiter = new QuotaLimiter(now::get);

    @Test
    void theBurstIsTheAmountAndThenTheRateHolds() {
        var quotas = List.of(shared(perMinute("rpm", 7)));
        for (int i = 0; i < 7; i++) {
            assertThat(limiter.admit(quotas, ALICE, "m").refusedBy()).isNull();
        }

        var refused = limiter.admit(quotas, ALICE, "m");

        assertThat(refused.refusedBy()).isNotNull().extracting(Limit::label).isEqualTo("q/rpm");
        assertThat(refused.waitNanos()).isBetween(8_571_000_000L, 8_572_000_000L);
        now.addAndGet(refused.waitNanos());
        assertThat(limiter.admit(quotas, ALICE, "m").refusedBy()).isNull();
        assertThat(limiter.admit(quotas, ALICE, "m").refusedBy()).isNotNull();
    }

    @Test
    void whatIsLeftIsTold() {
        var quotas = List.of(shared(perMinute("rpm", 60), perMinute("tight", 3)));

        var first = limiter.admit(quotas, ALICE, "m").tightestRate();

        assertThat(first).isEqualTo(new Admission.Rate(3, 2, Duration.ofSeconds(20).toNanos()));
    }

    @Test
    void whatALaterLimitRefusesTheEarlierOneGetsBack() {
        var quotas = List.of(shared(perMinute("rpm", 2), slots("busy", 1)));
        assertThat(limiter.admit(quotas, ALICE, "m").refusedBy()).isNull();
        for (int i = 0; i < 5; i++) {
            assertThat(limiter.admit(quotas, ALICE, "m").refusedBy())
                    .isNotNull()
                    .extracting(Limit::label)
                    .isEqualTo("q/busy");
        }

        var rate = limiter.admit(List.of(shared(perMinute("rpm", 2))), ALICE, "m").tightestRate();

        assertThat(rate).isNotNull().extracting(Admission.Rate::remaining).isEqualTo(0L);
    }

    @Test
    void aSlotIsFreeAgainWhenItsRequestEnds() {
        var quotas = List.of(shared(slots("busy", 1)));
        var first = limiter.admit(quotas, ALICE, "m");
        assertThat(first.holdsSlots()).isTrue();
        assertThat(limiter.admit(quotas, BOB, "m").refusedBy()).isNotNull();

        first.release();

        assertThat(limiter.admit(quotas, BOB, "m").refusedBy()).isNull();
    }

    @Test
    void aReleaseDoesNotGiveTheMinuteBack() {
        var quotas = List.of(shared(perMinute("rpm", 1)));
        limiter.admit(quotas, ALICE, "m").release();

        assertThat(limiter.admit(quotas, ALICE, "m").refusedBy()).isNotNull();
    }

    @Test
    void perKeyCountsEachKeyApart() {
        var quotas = List.of(new Quota(KeySet.ALL, true, List.of(perMinute("rpm", 1))));
        assertThat(limiter.admit(quotas, ALICE, "m").refusedBy()).isNull();

        assertThat(limiter.admit(quotas, BOB, "m").refusedBy()).isNull();
        assertThat(limiter.admit(quotas, ALICE, "m").refusedBy()).isNotNull();
    }

    @Test
    void aQuotaConcernsItsKeysAndALimitItsModelsOnly() {
        var onlyAlice =
                new Quota(KeySet.of(List.of(ALICE)), false, List.of(perMinute("rpm", 0, "gpt-*")));

        assertThat(limiter.admit(List.of(onlyAlice), BOB, "gpt-4o").refusedBy()).isNull();
        assertThat(limiter.admit(List.of(onlyAlice), ALICE, "claude").refusedBy()).isNull();
        assertThat(limiter.admit(List.of(onlyAlice), ALICE, "gpt-4o").refusedBy()).isNotNull();
    }

    @Test
    void aChangedAmountKeepsWhatWasCounted() {
        for (int i = 0; i < 3; i++) {
            limiter.admit(List.of(shared(perMinute("rpm", 60))), ALICE, "m");
        }

        var rate = limiter.admit(List.of(shared(perMinute("rpm", 30))), ALICE, "m").tightestRate();

        assertThat(rate).isNotNull().extracting(Admission.Rate::remaining).isEqualTo(27L);
    }

    @Test
    void idleCountersAreForgottenAndBusyOnesAreNot() {
        var quotas = List.of(shared(perMinute("rpm", 1), slots("busy", 1)));
        limiter.admit(quotas, ALICE, "m");

        limiter.sweep();
        assertThat(limiter.admit(quotas, ALICE, "m").refusedBy()).isNotNull();
        now.addAndGet(Duration.ofMinutes(2).toNanos());
        limiter.sweep();

        assertThat(limiter.admit(quotas, ALICE, "m").refusedBy())
                .isNotNull()
                .extracting(Limit::label)
                .isEqualTo("q/busy");
    }

    @Test
    void manyThreadsTogetherGetTheAmountAndNoMore() throws Exception {
        var quotas = List.of(shared(perMinute("rpm", 1000), slots("busy", 100)));
        var let = new AtomicInteger();
        var start = new CountDownLatch(1);
        try (var pool = Executors.newFixedThreadPool(4)) {
            for (int thread = 0; thread < 4; thread++) {
                var _ =
                        pool.submit(() -> {
                            start.await();
                            for (int i = 0; i < 20_000; i++) {
                                var admission = limiter.admit(quotas, ALICE, "m");
                                if (admission.refusedBy() == null) {
                                    let.incrementAndGet();
                                    admission.release();
                                }
                            }
                            return null;
                        });
            }
            start.countDown();
        }

        assertThat(let.get()).isEqualTo(1000);
    }

    private static Quota shared(Limit... limits) {
        return new Quota(KeySet.ALL, false, List.of(limits));
    }

    private Limit perMinute(String name, long amount, String... models) {
        return limit(name, Limit.Metric.REQUESTS_PER_MINUTE, amount, models);
    }

    private Limit slots(String name, long amount) {
        return limit(name, Limit.Metric.CONCURRENCY, amount);
    }

    private Limit limit(String name, Limit.Metric metric, long amount, String... models) {
        var patterns = List.of(models).stream().map(ModelPattern::new).toList();
        var id = new LimitId(new UUID(0, 1), "acme", "q", name);
        return limiter.bind(new Limit.Spec(id, metric, amount, patterns));
    }
}
