package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * Compares the usage rows of one customer with the ledger and the balance, as the REST API tells
 * them. Knows nothing of how the product computes them.
 */
record Reconciliation(List<JsonNode> rows, List<JsonNode> movements, long balance) {

    static Reconciliation of(Product product, Customer customer) {
        var billing = product.billing();
        return new Reconciliation(
                billing.usage(customer.name()),
                billing.ledger(customer.name()),
                billing.balanceMicros(customer.name()));
    }

    /** The demo's prices were asked, and {@link #books}. */
    void money(long grantedMicros) {
        for (JsonNode row : rows) {
            String outcome = row.path("outcome").asText();
            if (outcome.equals("measured") || outcome.equals("estimated")) {
                assertThat(row.path("costMicros").asLong())
                        .as("%s", row)
                        .isEqualTo(Prices.cost(row));
            }
        }
        books(grantedMicros);
    }

    /** Rows, ledger and balance agree, given all that was ever granted. */
    void books(long grantedMicros) {
        long charged = 0;
        for (JsonNode row : rows) {
            charged += row.path("costMicros").asLong();
        }
        long moved = 0;
        long used = 0;
        for (JsonNode movement : movements) {
            long amount = movement.path("amountMicros").asLong();
            moved += amount;
            used += movement.path("kind").asText().equals("grant") ? 0 : -amount;
        }
        assertThat(used).as("ledger against usage rows").isEqualTo(charged);
        assertThat(moved).as("balance against ledger").isEqualTo(balance);
        assertThat(balance).isEqualTo(grantedMicros - charged);
    }
}
