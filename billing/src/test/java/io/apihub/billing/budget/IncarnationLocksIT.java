package io.apihub.billing.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Bank;
import io.apihub.billing.testing.Poll;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who waits for whom at the row of an incarnation. The locks of the others are held by hand. */
class IncarnationLocksIT {

    // Not the one that tests share: who waits is counted.
    private final Bank bank = Bank.on(TestDatabase.create());
    private final Gateway gateway = new Gateway(bank);
    private final UUID tenant = bank.registry().tenant("locks");
    private final ExecutorService others = Executors.newCachedThreadPool();

    @BeforeEach
    void credit() {
        bank.grant(tenant, 1_000);
    }

    @AfterEach
    void sound() {
        others.close();
        bank.assertSound();
        bank.close();
    }

    @Test
    void aGrantDoesNotWaitForAnotherOneOfItsGateway() {
        var answer =
                bank.inTransaction(() -> {
                    bank.get(CreditStore.class).lockIncarnations(List.of(gateway.incarnation()));
                    return elsewhere(() -> gateway.grant(gateway.ask(tenant, 10)));
                });

        assertThat(result(answer)).isInstanceOf(Answer.Granted.class);
    }

    @Test
    void whoClosesWaitsForTheGrantThatIsUnderWayAndTakesItsLeaseBack() {
        record Both(Future<Answer> grant, Future<Boolean> closing) {}
        var ask = gateway.ask(tenant, 10);

        var both =
                bank.inTransaction(() -> {
                    bank.account(tenant);
                    var grant = others.submit(() -> gateway.grant(ask));
                    waiting(1);
                    var closing = others.submit(() -> closed(gateway.incarnation()));
                    waiting(2);
                    return new Both(grant, closing);
                });

        assertThat(result(both.grant())).isInstanceOf(Answer.Granted.class);
        assertThat(result(both.closing())).isTrue();
        assertThat(bank.account(tenant).leased().micros()).isZero();
    }

    @Test
    void ofTwoCopiesOfARequestTheSecondFindsWhatTheFirstGot() {
        var ask = gateway.ask(tenant, 10);

        var copies =
                bank.inTransaction(() -> {
                    bank.account(tenant);
                    var first = others.submit(() -> gateway.grant(ask));
                    waiting(1);
                    var second = others.submit(() -> gateway.grant(ask));
                    waiting(2);
                    return List.of(first, second);
                });

        assertThat(parts(copies.getFirst())).isEqualTo(parts(copies.getLast()));
        assertThat(bank.account(tenant).leased().micros()).isEqualTo(10);
    }

    private boolean closed(UUID incarnation) {
        return bank.get(Leases.class).close(incarnation, 0);
    }

    private static List<Answer.Part> parts(Future<Answer> answer) {
        return ((Answer.Granted) result(answer)).parts();
    }

    private <T> Future<T> elsewhere(Callable<T> work) {
        var done = others.submit(work);
        result(done);
        return done;
    }

    private static <T> T result(Future<T> work) {
        try {
            return work.get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Seen from another connection: within a transaction Postgres shows one moment only. */
    private void waiting(int count) {
        Poll.until(Duration.ofSeconds(60), () -> locksWaitedFor() >= count);
    }

    private int locksWaitedFor() {
        return Objects.requireNonNull(
                bank.owner()
                        .queryForObject(
                                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type ="
                                        + " 'Lock' AND datname = current_database()",
                                Integer.class));
    }
}
