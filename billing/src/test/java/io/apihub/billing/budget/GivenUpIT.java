package io.apihub.billing.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.account.PlatformAccount;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Bank;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The leases of a gateway that never comes back, while billing's own clock runs as told. */
class GivenUpIT {

    private final Bank bank = Bank.on(TestDatabase.create());
    private final UUID tenant = bank.registry().tenant("given-up");
    private long nanos;
    private final CreditRounds rounds =
            new CreditOffice(
                            bank.get(CreditStore.class),
                            new CreditOffice.Surroundings(
                                    () -> true,
                                    () -> nanos,
                                    Duration.ofHours(1),
                                    new SimpleMeterRegistry()))
                    .rounds();

    @AfterEach
    void stop() {
        bank.close();
    }

    @Test
    void theyAreReleasedAfterADayOfUninterruptedUptimeAndNotBefore() {
        bank.grant(tenant, 1_000);
        var gateway = new Gateway(bank);
        gateway.lease(tenant, 600);
        bank.get(CreditStore.class).park(gateway.incarnation(), "g");
        bank.owner()
                .update("UPDATE billing.incarnation SET parked_at = now() - interval '25 hours'");

        run(Duration.ofHours(23));
        assertThat(bank.account(tenant).leased().micros()).isEqualTo(600);

        nanos += Duration.ofMinutes(2).toNanos();
        run(Duration.ofHours(23));
        assertThat(bank.account(tenant).leased().micros())
                .as("billing was not up for two minutes, so the day began anew")
                .isEqualTo(600);

        run(Duration.ofHours(2));
        assertThat(bank.account(tenant).leased().micros()).isZero();
        assertThat(bank.account(tenant).available().micros()).isEqualTo(1_000);
        assertThat(
                        bank.count(
                                "SELECT open_micros FROM billing.unattributed"
                                        + " WHERE incarnation = ?",
                                gateway.incarnation()))
                .isEqualTo(600);
        assertThat(gateway.grant(gateway.ask(tenant, 1))).isInstanceOf(Answer.Refused.class);
        assertThat(bank.platform(PlatformAccount.LATE_USAGE)).isPositive();
    }

    /** Rounds as often as is just not an interruption. */
    private void run(Duration duration) {
        for (long left = duration.toSeconds(); left > 0; left -= 59) {
            nanos += Duration.ofSeconds(59).toNanos();
            rounds.lookAfterVanished();
        }
    }
}
