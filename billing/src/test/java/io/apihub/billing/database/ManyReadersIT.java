package io.apihub.billing.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.Poll;
import io.apihub.billing.testing.RunningBilling;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Many more readers than there are connections: each is answered, some of them to come back. */
class ManyReadersIT {

    private static final int READERS = 1_000;

    @Test
    void aThousandAtOnceAreAnsweredOrToldToComeBack() throws Exception {
        var database = TestDatabase.create();
        database.registry().tenant("acme");
        try (var billing = RunningBilling.on(database);
                var http = HttpClient.newHttpClient();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<HttpResponse<String>>>();
            for (int i = 0; i < READERS; i++) {
                answers.add(threads.submit(reader(billing, http)));
            }

            for (var answer : answers) {
                check(answer);
            }
            // Whoever looked while all connections were taken took Postgres for away.
            Poll.until(
                    Duration.ofSeconds(60),
                    () -> billing.get("/api/v1/tenants/acme/balance").statusCode() == 200);
        }
    }

    private static Callable<HttpResponse<String>> reader(RunningBilling billing, HttpClient http) {
        var request =
                billing.request("/api/v1/tenants/acme/balance")
                        .header("Authorization", "Bearer " + billing.token())
                        .timeout(Duration.ofMinutes(2))
                        .build();
        return () -> http.send(request, BodyHandlers.ofString());
    }

    private static void check(Future<HttpResponse<String>> future)
            throws InterruptedException, ExecutionException {
        var answer = future.get();
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 503);
        if (answer.statusCode() == 503) {
            assertThat(answer.headers().firstValue("Retry-After")).contains("1");
            assertThat(answer.body()).contains("urn:apihub:problem:unavailable");
        }
    }
}
