package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** Somebody without a key can't make the gateway work or wait. */
@ExtendWith(ProductExtension.class)
@Isolated
class FloodIT {

    private static final int CLIENTS = 40;
    private static final int BODY_BYTES = 31 * 1024 * 1024;
    private static final int REQUESTS = 50;

    @Test
    void keylessClientsWithLargeBodiesDisturbNobody(Product product) throws Exception {
        var customer = product.customer();
        assertThat(customer.chat(Product.DIRECT).status()).isEqualTo(200);
        var calm = latencies(customer);
        var stop = new AtomicBoolean();
        var refused = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var floods = new ArrayList<Future<?>>();
            for (int i = 0; i < CLIENTS; i++) {
                floods.add(
                        threads.submit(
                                () -> flood(product.stack().url().getPort(), stop, refused)));
            }
            Billing.until("the flood", () -> refused.get() >= CLIENTS);

            var flooded = latencies(customer);

            stop.set(true);
            for (Future<?> flood : floods) {
                flood.get(20, TimeUnit.SECONDS);
            }
            assertThat(flooded.get(REQUESTS / 2))
                    .isLessThan(atLeast(1, calm.get(REQUESTS / 2).multipliedBy(5)));
            assertThat(flooded.getLast()).isLessThan(atLeast(5, calm.getLast().multipliedBy(5)));
        } finally {
            stop.set(true);
        }
        product.billing().awaitUsage(customer.name(), 2 * REQUESTS + 1);
    }

    /** How long the customer waits, the shortest first; each request is served. */
    private static List<Duration> latencies(Customer customer) {
        List<Duration> latencies = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            long start = System.nanoTime();
            var answer = customer.chat(Product.DIRECT);
            latencies.add(Duration.ofNanos(System.nanoTime() - start));
            assertThat(answer.status()).as("request %d: %s", i, answer).isEqualTo(200);
        }
        latencies.sort(null);
        return latencies;
    }

    /** A machine that is busy with other things is slow without a flood, too. */
    private static Duration atLeast(int seconds, Duration other) {
        var least = Duration.ofSeconds(seconds);
        return other.compareTo(least) > 0 ? other : least;
    }

    /** Sends bodies as fast as it can, until told to stop; counts the 401s. */
    private static void flood(int port, AtomicBoolean stop, AtomicInteger refused) {
        byte[] head =
                ("POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n"
                                + "content-type: application/json\r\ncontent-length: "
                                + BODY_BYTES
                                + "\r\n\r\n{\"messages\":\"")
                        .getBytes(StandardCharsets.UTF_8);
        byte[] piece = new byte[64 * 1024];
        Arrays.fill(piece, (byte) 'x');
        while (!stop.get()) {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(5_000);
                socket.getOutputStream().write(head);
                if (isRefused(socket, piece, stop)) {
                    refused.incrementAndGet();
                }
            } catch (IOException e) {
                // The gateway closed the connection in the middle of the body, as it should: the
                // answer is lost with it, and what nobody read does not count.
            }
        }
    }

    /** Sends until there is an answer, which must be a 401; false if told to stop before. */
    private static boolean isRefused(Socket socket, byte[] piece, AtomicBoolean stop)
            throws IOException {
        for (int sent = 0; sent < BODY_BYTES && !stop.get(); sent += piece.length) {
            socket.getOutputStream().write(piece);
            if (socket.getInputStream().available() > 0) {
                byte[] answer = socket.getInputStream().readNBytes(12);
                String status = new String(answer, StandardCharsets.UTF_8);
                if (!status.equals("HTTP/1.1 401")) {
                    throw new AssertionError("somebody without a key got " + status);
                }
                return true;
            }
        }
        return false;
    }
}
