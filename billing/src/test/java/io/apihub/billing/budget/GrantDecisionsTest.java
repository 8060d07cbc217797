package io.apihub.billing.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.account.Account;
import io.apihub.billing.budget.GrantDecisions.Decision;
import io.apihub.model.money.Credits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class GrantDecisionsTest {

    private static final UUID TENANT = new UUID(0, 1);

    @Test
    void theGrantsOfABatchNeverExceedWhatIsFree() {
        for (long seed = 0; seed < 2_000; seed++) {
            var random = new SplittableRandom(seed);
            long balance = random.nextLong(0, 1_000);
            long limit = random.nextLong(0, 200);
            long leased = random.nextLong(0, 1_200);
            var decisions = new GrantDecisions(Map.of(TENANT, account(balance, limit, leased)));
            long free = balance + limit - leased;
            long granted = 0;

            for (int i = 0; i < 20; i++) {
                var ask = ask(random);
                switch (decisions.decide(ask)) {
                    case Decision.Grant grant -> {
                        for (int w = 0; w < ask.wants().size(); w++) {
                            var want = ask.wants().get(w);
                            assertThat(grant.amounts().get(w))
                                    .as("seed %s", seed)
                                    .isBetween(want.needed(), want.wished());
                            granted += grant.amounts().get(w).micros();
                        }
                    }
                    case Decision.Refuse refuse -> assertThat(refuse.refusals()).isNotEmpty();
                }
            }

            assertThat(granted).as("seed %s", seed).isLessThanOrEqualTo(Math.max(0, free));
        }
    }

    private static Ask ask(SplittableRandom random) {
        var wants = new ArrayList<Want>();
        for (int i = 0; i <= random.nextInt(2); i++) {
            long needed = random.nextLong(0, 300);
            wants.add(
                    new Want(
                            TENANT,
                            new Credits(needed),
                            new Credits(needed + random.nextLong(1, 300))));
        }
        return new Ask(new UUID(0, 2), random.nextLong(), List.copyOf(wants));
    }

    private static Account account(long balance, long limit, long leased) {
        return new Account(
                1, TENANT, new Credits(balance), new Credits(leased), new Credits(limit));
    }
}
