package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.apihub.dev.modelserver.Served;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares three books of one customer: what the model server says it served, the usage rows, and
 * the ledger. Knows nothing of how the product computes them.
 */
record Reconciliation(
        Customer customer, List<JsonNode> rows, List<JsonNode> movements, long balance) {

    static Reconciliation of(Product product, Customer customer) {
        var billing = product.billing();
        return new Reconciliation(
                customer,
                billing.usage(customer.name()),
                billing.ledger(customer.name()),
                billing.balanceMicros(customer.name()));
    }

    /** By which a request is known again where no id passes: a proxy drops them. */
    private record Size(long input, long output) {

        static Size of(Served served) {
            return new Size(served.inputTokens(), served.outputTokens());
        }

        static Size of(JsonNode row) {
            return new Size(row.at("/tokens/input").asLong(), row.at("/tokens/output").asLong());
        }
    }

    /** Rows, ledger and balance agree, given all that was ever granted. */
    void money(long grantedMicros) {
        long charged = 0;
        for (JsonNode row : rows) {
            charged += row.path("costMicros").asLong();
            String outcome = row.path("outcome").asText();
            if (outcome.equals("measured") || outcome.equals("estimated")) {
                assertThat(row.path("costMicros").asLong())
                        .as("%s", row)
                        .isEqualTo(Prices.cost(row));
            }
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

    /**
     * Every request served has exactly one row, measured to the token or flagged as estimated, and
     * no row was measured that nobody served.
     *
     * @param tags of all requests, no two of which used the same input and output tokens
     * @return served requests that have no row (yet)
     */
    List<Served> usage(Product product, Set<String> tags) {
        var ids = new HashSet<String>();
        for (JsonNode row : rows) {
            assertThat(ids.add(row.path("id").asText())).as("twice: %s", row).isTrue();
        }
        Map<Size, JsonNode> measured = new HashMap<>();
        Map<String, JsonNode> byRequest = new HashMap<>();
        for (JsonNode row : rows) {
            assertThat(byRequest.put(row.path("requestId").asText(), row))
                    .as("two rows of one request: %s", row)
                    .isNull();
            if (row.path("outcome").asText().equals("measured")) {
                assertThat(measured.put(Size.of(row), row)).as("measured twice: %s", row).isNull();
            }
        }
        var unmatched = new ArrayList<Served>();
        for (Served served : product.served()) {
            if (tags.contains(served.tag()) && !matched(served, measured, byRequest)) {
                unmatched.add(served);
            }
        }
        assertThat(measured.values()).as("measured, but never served").isEmpty();
        return unmatched;
    }

    private static boolean matched(
            Served served, Map<Size, JsonNode> measured, Map<String, JsonNode> byRequest) {
        JsonNode row = measured.get(Size.of(served));
        if (row != null && served.completed()) {
            assertThat(row.at("/tokens/input").asLong())
                    .as("%s", row)
                    .isEqualTo(served.inputTokens());
            assertThat(row.path("stream").asBoolean()).isEqualTo(served.stream());
            measured.remove(Size.of(served));
            return true;
        }
        JsonNode same = byRequest.get(served.receivedHeaders().getOrDefault("x-request-id", ""));
        if (same == null) {
            return false;
        }
        assertThat(same.path("estimated").asBoolean() || same.path("costMicros").asLong() == 0)
                .as("neither measured nor flagged: %s for %s", same, served)
                .isTrue();
        return true;
    }

    long estimated() {
        return rows.stream().filter(row -> row.path("estimated").asBoolean()).count();
    }
}
