package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * With one gateway, each program is killed under load: nothing wrong is served, nothing is lost or
 * counted twice, and the whole recovers by itself. {@link ThreeGatewaysIT} does the same and more
 * in each build.
 */
@ExtendWith(ProductExtension.class)
@Order(Order.DEFAULT + 2)
@Isolated
@Tag("proof")
class CrashIT {

    private static final int CLIENTS = 6;

    /** So much that what a killed gateway has leased, until its requests are told, stops nobody. */
    private static final long CREDIT_MICROS = 90_000_000_000L;

    private static final List<String> VICTIMS =
            List.of("operator", "billing", "ext-authz", "envoy", "cliproxyapi");

    @Test
    void killsLoseAndDoubleNothing(Product product) throws Exception {
        var customer = product.customer("{mode: Prepaid}", "90000", "");
        var load = Load.of(customer, CLIENTS);
        var kills = new Kills(product, load, CLIENTS);
        try (load) {
            for (String victim : VICTIMS) {
                kills.kill(victim);
            }
        }

        var audit = Settled.of(product, customer, load.tags(), CREDIT_MICROS);
        System.err.println("CrashIT: " + audit + "; open at kills at most " + kills.open());
        assertThat(load.wrong()).isEmpty();
        assertThat(audit.wrong()).isEmpty();
        assertThat(audit.flagged()).isLessThanOrEqualTo(kills.open());
    }
}
