package io.apihub.billing.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.dao.CannotAcquireLockException;

/** Grants whose rows somebody else holds for longer than anybody waits for an answer. */
class CreditClerkTest {

    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofMillis(800);

    private final List<Answer> answers = new ArrayList<>();
    private long nanos;
    private int transactions;

    /** Each transaction waits for a lock in vain. */
    private final class HeldStore extends MemoryCreditStore {
        HeldStore() {
            super(() -> 0);
        }

        @Override
        public <T> T inTransaction(Supplier<T> work) {
            transactions++;
            nanos += LOCK_TIMEOUT.toNanos();
            throw new CannotAcquireLockException("canceling statement due to lock timeout");
        }
    }

    private CreditWork grant(long seq, Duration patience) {
        var tenant = UUID.randomUUID();
        return new CreditWork.Grant(
                new Ask(
                        new Lease.Request(UUID.randomUUID(), seq),
                        List.of(new Want(new Want.OfAccount(tenant), 1, 1))),
                patience.toNanos(),
                answers::add);
    }

    private void process(CreditWork... batch) {
        new CreditClerk(new Leases(new HeldStore()), () -> nanos, new SimpleMeterRegistry())
                .process(List.of(batch));
    }

    @Test
    void nobodyIsMadeToWaitForGrantsThatAreTooLateAlready() {
        process(grant(1, PATIENCE), grant(2, PATIENCE), grant(3, PATIENCE));

        assertThat(transactions).isEqualTo(1);
        assertThat(answers).hasSize(3).allMatch(Answer.Refused.class::isInstance);
    }

    @Test
    void whoStillWaitsIsServedAlone() {
        process(grant(1, PATIENCE), grant(2, LOCK_TIMEOUT.multipliedBy(2)));

        assertThat(transactions).isEqualTo(2);
        assertThat(answers).hasSize(2).allMatch(Answer.Refused.class::isInstance);
    }
}
