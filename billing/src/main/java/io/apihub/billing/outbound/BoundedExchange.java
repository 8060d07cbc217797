package io.apihub.billing.outbound;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks by HTTP, bounded as a whole. The client's own time-out ends when the headers are there: a
 * body may take for ever.
 *
 * @param timeout for all of an exchange, to the last byte of the answer
 * @param mostBytes that an answer's body may have
 */
public record BoundedExchange(HttpClient http, Duration timeout, long mostBytes) {

    /**
     * Asks, and waits for the whole answer.
     *
     * @throws ExecutionException if there is no answer, or one with too long a body
     * @throws TimeoutException if it is not whole in time; its connection ends then
     */
    public HttpResponse<byte[]> send(HttpRequest request)
            throws ExecutionException, TimeoutException, InterruptedException {
        var answer =
                http.sendAsync(
                        request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), mostBytes));
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            // If it is not over, its connection ends.
            answer.cancel(true);
        }
    }
}
