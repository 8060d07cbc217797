package io.apihub.billing.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Bank;
import io.apihub.billing.testing.Poll;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who parks several incarnations locks their leases in the order in which everybody does. */
class ParkingIT {

    private static final String LOCK =
            "SELECT lease_id FROM billing.lease WHERE lease_id = ? FOR NO KEY UPDATE NOWAIT";

    // Not the one that tests share: silence is of all gateways.
    private static Bank bank;

    @BeforeAll
    static void start() {
        bank = Bank.on(TestDatabase.create());
    }

    @AfterAll
    static void stop() {
        bank.close();
    }

    @Test
    void leasesOfSeveralIncarnationsAreLockedByTheirNumbers() throws Exception {
        var tenant = bank.registry().tenant("p-" + UUID.randomUUID());
        bank.grant(tenant, 1_000);
        var gateways =
                Stream.of(new Gateway(bank), new Gateway(bank))
                        .sorted((a, b) -> b.incarnation().compareTo(a.incarnation()))
                        .toList();
        // The incarnation that comes first has the lease that comes last.
        long first = gateways.getFirst().lease(tenant, 10);
        long last = gateways.getLast().lease(tenant, 10);

        try (var other = Executors.newSingleThreadExecutor()) {
            var parked =
                    bank.inTransaction(() -> {
                        lock(first);
                        var parking = other.submit(ParkingIT::parkAll);
                        Poll.until(Duration.ofSeconds(60), ParkingIT::somebodyWaits);
                        lock(last);
                        return parking;
                    });

            assertThat(parked.get()).isEqualTo(2);
        }
        assertThat(states(List.of(first, last))).containsOnly("PARKED");
    }

    private static void lock(long lease) {
        assertThat(bank.count(LOCK, lease)).isEqualTo(lease);
    }

    private static int parkAll() {
        var store = bank.get(CreditStore.class);
        return store.inTransaction(() -> store.parkSilent(Duration.ZERO));
    }

    private static boolean somebodyWaits() {
        return bank.count(
                        "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                                + " WHERE NOT granted AND datname = current_database()")
                > 0;
    }

    private static List<String> states(List<Long> leases) {
        return bank.jdbc()
                .query(
                        "SELECT state FROM billing.lease WHERE lease_id = ANY (?)",
                        (row, number) -> row.getString(1),
                        (Object) leases.toArray(Long[]::new));
    }
}
