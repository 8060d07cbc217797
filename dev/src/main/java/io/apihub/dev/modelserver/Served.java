package io.apihub.dev.modelserver;

import java.time.Instant;
import java.util.Map;

/**
 * One request as this server saw it: the truth that metering is compared with.
 *
 * @param seq position in the log, from 0
 * @param id the answer's id without the dialect's prefix; empty if there was no answer
 * @param tag what the prompt's {@code [[tag=...]]} says, empty if none: how a test finds its
 *     request behind a proxy that passes no header on
 * @param at when the request's head had arrived
 * @param path path and query; the value of a credential in the query is replaced by its digest
 * @param inputTokens input tokens neither read from a cache nor written to one
 * @param outputTokens output tokens, reasoning included; of an answer that was cut, the words sent
 * @param status the status sent, 0 if the connection ended before one was
 * @param completed whether the whole answer was handed to the connection
 * @param receivedHeaders names in lower case; the value of a credential is {@code sha256:} and its
 *     digest in hexadecimal, without {@code Bearer}
 */
public record Served(
        long seq,
        String id,
        String tag,
        Instant at,
        String method,
        String path,
        String model,
        boolean stream,
        long inputTokens,
        long cachedTokens,
        long cacheWriteTokens,
        long cacheWrite1hTokens,
        long outputTokens,
        long reasoningTokens,
        int status,
        boolean completed,
        Map<String, String> receivedHeaders) {

    public Served {
        receivedHeaders = Map.copyOf(receivedHeaders);
    }

    /** Reads one line of the log. */
    public static Served parse(String line) {
        return ServedLines.parse(line);
    }

    /** All input tokens, as OpenAI counts them. */
    public long totalInputTokens() {
        return inputTokens + cachedTokens + cacheWriteTokens + cacheWrite1hTokens;
    }

    /** The path without its query. */
    public String pathOnly() {
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }
}
