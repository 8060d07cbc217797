package io.apihub.billing.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Work that is looked for again and again. */
class RoundsIT {

    private final List<Long> numbers = new CopyOnWriteArrayList<>();
    private final CountDownLatch interrupted = new CountDownLatch(1);

    @Test
    void noFailureEndsThemButToBeStopped() throws Exception {
        try (var billing = RunningBilling.on(TestDatabase.create())) {
            var rounds = new Rounds("test", billing.get(DatabaseGate.class), this::round);

            rounds.start();
            Poll.until(Duration.ofMinutes(1), () -> numbers.size() == 3);
            assertThat(rounds.isRunning()).isTrue();
            rounds.stop();

            assertThat(interrupted.await(1, TimeUnit.MINUTES)).isTrue();
            assertThat(rounds.isRunning()).isFalse();
            assertThat(numbers).containsExactly(0L, 1L, 2L);
        }
    }

    private boolean round(long number) throws InterruptedException {
        numbers.add(number);
        if (number == 0) {
            throw new IllegalStateException("nobody foresaw that");
        }
        if (number == 2) {
            try {
                Thread.sleep(Duration.ofMinutes(2));
            } finally {
                interrupted.countDown();
            }
        }
        return number == 1;
    }
}
