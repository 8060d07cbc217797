package io.apihub.billing.database;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.apihub.billing.testing.RunningBilling;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Many more readers than there are connections: each is answered, some of them to come back. */
class ManyReadersIT {

    private static final int READERS = 1_000;
    private static TestDatabase database;
    private static RunningBilling billing;

    @BeforeAll
    static void start() {
        database = TestDatabase.create();
        billing = RunningBilling.on(database);
    }

    @AfterAll
    static void stop() {
        billing.close();
    }

    @Test
    void aThousandAtOnceAreAnsweredOrToldToComeBack() throws Exception {
        database.registry().tenant("acme");
        try (var http = HttpClient.newHttpClient();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<HttpResponse<String>>>();
            for (int i = 0; i < READERS; i++) {
                answers.add(threads.submit(reader(http)));
            }

            for (var answer : answers) {
                check(answer);
            }
            assertThat(billing.get("/api/v1/tenants/acme/balance").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aPoolThatIsTakenIsNoPostgresThatIsAway() throws Exception {
        var pool = billing.get(HikariDataSource.class);
        var taken = new ArrayList<Connection>();
        try {
            for (int i = 0; i < pool.getMaximumPoolSize(); i++) {
                taken.add(pool.getConnection());
            }
            // Longer than a look, the time to the next, and the time that the pool lets wait.
            long end = System.nanoTime() + Duration.ofSeconds(7).toNanos();
            while (System.nanoTime() < end) {
                assertThat(billing.readiness().statusCode()).isEqualTo(200);
                Thread.sleep(100);
            }
        } finally {
            for (var connection : taken) {
                connection.close();
            }
        }
    }

    private static Callable<HttpResponse<String>> reader(HttpClient http) {
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
