package io.apihub.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.apihub.dev.modelserver.Served;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * The demo's price book, computed apart from the product's own code: 10 for input and cache writes,
 * 2.5 for cached input, 30 for output, all per million tokens.
 */
final class Prices {

    private Prices() {}

    /** Micro-units, rounded up once. */
    static long cost(Served served) {
        return cost(
                served.inputTokens() + served.cacheWriteTokens() + served.cacheWrite1hTokens(),
                served.cachedTokens(),
                served.outputTokens());
    }

    /** The cost of a usage row's tokens. */
    static long cost(JsonNode row) {
        JsonNode tokens = row.path("tokens");
        return cost(
                tokens.path("input").asLong()
                        + tokens.path("cacheWrite").asLong()
                        + tokens.path("cacheWrite1h").asLong(),
                tokens.path("cachedInput").asLong(),
                tokens.path("output").asLong());
    }

    /** Micro-units, rounded up once; {@code input} includes what was written to a cache. */
    static long cost(long input, long cached, long output) {
        return BigDecimal.TEN
                .multiply(BigDecimal.valueOf(input))
                .add(new BigDecimal("2.5").multiply(BigDecimal.valueOf(cached)))
                .add(new BigDecimal("30").multiply(BigDecimal.valueOf(output)))
                .setScale(0, RoundingMode.CEILING)
                .longValueExact();
    }
}
