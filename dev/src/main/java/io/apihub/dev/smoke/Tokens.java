package io.apihub.dev.smoke;

import com.fasterxml.jackson.databind.JsonNode;

/** Tokens in parts that do not overlap. */
record Tokens(long input, long cachedInput, long cacheWrite, long cacheWrite1h, long output) {

    /** From a line of the model server's log. */
    static Tokens served(JsonNode line) {
        return new Tokens(
                line.path("inputTokens").asLong(),
                line.path("cachedTokens").asLong(),
                line.path("cacheWriteTokens").asLong(),
                line.path("cacheWrite1hTokens").asLong(),
                line.path("outputTokens").asLong());
    }

    /** From a usage record of the REST API. */
    static Tokens metered(JsonNode record) {
        var tokens = record.path("tokens");
        return new Tokens(
                tokens.path("input").asLong(),
                tokens.path("cachedInput").asLong(),
                tokens.path("cacheWrite").asLong(),
                tokens.path("cacheWrite1h").asLong(),
                tokens.path("output").asLong());
    }
}
