package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Three gateways under load; each kind of program is killed once and Postgres is away for ten
 * seconds. Beside those who may ask what they like there are those whose limits are always tight,
 * so that a limit that is overspent would be seen. {@code -Pproof} repeats it {@code crash.rounds}
 * times.
 */
@ExtendWith(FleetExtension.class)
@Order(Order.DEFAULT + 5)
@Isolated
class ThreeGatewaysIT {

    private static final int CLIENTS = 12;

    /** So much that what a killed gateway has leased, until its requests are told, stops nobody. */
    private static final long CREDIT_MICROS = 500_000_000_000L;

    private static final Duration AWAY = Duration.ofSeconds(10);

    @Test
    void aRoundLosesAndDoublesNothing(Product product) throws Exception {
        int rounds = Integer.getInteger("crash.rounds", 1);
        for (int round = 1; round <= rounds; round++) {
            round(product, round);
        }
    }

    /** One of each kind; another gateway's in each round. */
    private static List<String> victims(int round) {
        return List.of(
                Fleet.program("ext-authz", round % FleetExtension.GATEWAYS),
                Fleet.program("envoy", (round + 1) % FleetExtension.GATEWAYS),
                "billing",
                "operator",
                "cliproxyapi");
    }

    private static void round(Product product, int round) throws Exception {
        var customer = product.customer("{mode: Prepaid}", "500000", "");
        var tight = TightLoad.of(product);
        var load = Load.of(customer, CLIENTS);
        var kills = new Kills(product, load, CLIENTS);
        try (load;
                tight) {
            for (String victim : victims(round)) {
                kills.kill(victim);
            }
            kills.away("postgres", AWAY);
            tight.awaitRefusals();
        }

        var audit = Settled.of(product, customer, load.tags(), CREDIT_MICROS);
        System.err.println(
                "ThreeGatewaysIT round %d: %s; open at kills at most %d; requests by gateway %s; tight limits: %s"
                        .formatted(round, audit, kills.open(), Fleet.requests(product), tight));
        assertThat(load.wrong()).isEmpty();
        assertThat(audit.wrong()).isEmpty();
        assertThat(tight.wrong()).isEmpty();
        assertThat(audit.flagged()).isLessThanOrEqualTo(kills.open());
        assertThat(Fleet.requests(product)).allMatch(requests -> requests > 0);
    }
}
