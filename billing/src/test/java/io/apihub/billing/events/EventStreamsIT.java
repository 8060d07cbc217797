package io.apihub.billing.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.access.Caller;
import io.apihub.billing.access.Seat;
import io.apihub.billing.testing.Poll;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams over a real connector and real sockets. */
class EventStreamsIT {

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private static final Seat SEAT = new Seat(Caller.administrator("somebody"), new UUID(0, 1));

    private final AtomicBoolean allowed = new AtomicBoolean(true);
    private final AtomicBoolean there = new AtomicBoolean(true);
    private final EventStreams streams =
            new EventStreams(
                    new SimpleMeterRegistry(),
                    seats -> allowed.get() ? Set.of() : Set.copyOf(seats));
    private final AtomicInteger ended = new AtomicInteger();
    private final BlockingQueue<EventStream> opened = new LinkedBlockingQueue<>();
    private final Tomcat tomcat = new Tomcat();

    @BeforeEach
    void start() throws LifecycleException {
        streams.start();
        tomcat.setBaseDir("target/tomcat");
        tomcat.setPort(0);
        var context = tomcat.addContext("", null);
        var servlet = Tomcat.addServlet(context, "events", new Servlet());
        servlet.setAsyncSupported(true);
        servlet.addMapping("/*");
        tomcat.getConnector();
        tomcat.start();
    }

    @AfterEach
    void stop() throws LifecycleException {
        streams.stop();
        tomcat.stop();
        tomcat.destroy();
    }

    /** Answers everything with a stream of at most four events in line. */
    private final class Servlet extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            opened.add(
                    streams.open(
                            request,
                            response,
                            new StreamTerms(
                                    "somebody", 4, SEAT, there::get, ended::incrementAndGet)));
        }
    }

    @Test
    void eventsArriveInOrderAndHeartbeatsBetweenThem() throws Exception {
        try (var socket = connect()) {
            var lines = reader(socket);
            var stream = opened.take();
            stream.offer(ServerEvent.of("7", "usage", "one\ntwo"));
            streams.beat();
            stream.offer(ServerEvent.of(null, "balance", ""));

            assertThat(next(lines, "retry: 3000")).isEqualTo("retry: 3000");
            assertThat(next(lines, "id:")).isEqualTo("id: 7");
            assertThat(lines.readLine()).isEqualTo("event: usage");
            assertThat(next(lines, "data: one")).isEqualTo("data: one");
            assertThat(next(lines, "data: two")).isEqualTo("data: two");
            assertThat(next(lines, ":")).isEqualTo(": ");
            assertThat(next(lines, "event")).isEqualTo("event: balance");
        }
    }

    @Test
    void aSlowReaderIsCutOffAndNobodyWaitsForIt() throws Exception {
        try (var socket = connect()) {
            var stream = opened.take();
            var event = ServerEvent.of(null, "usage", "x".repeat(100_000));

            while (stream.offer(event)) {
                Thread.onSpinWait();
            }

            assertThat(stream.isOpen()).isFalse();
            assertThat(stream.overflown()).isTrue();
            assertThat(socket.getInputStream().read()).isPositive();
        }
        Poll.until(DEADLINE, () -> streams.size() == 0 && ended.get() == 1);
    }

    @Test
    void whatIsNoLongerThereIsCutOffAtTheNextHeartbeat() throws Exception {
        try (var socket = connect()) {
            var stream = opened.take();
            streams.beat();
            there.set(false);
            streams.beat();

            assertEnds(socket, stream);
        }
    }

    @Test
    void whoIsNoLongerAllowedIsCutOffAtOnce() throws Exception {
        try (var socket = connect()) {
            var stream = opened.take();
            streams.look();
            assertThat(stream.isOpen()).isTrue();
            allowed.set(false);
            streams.look();

            assertEnds(socket, stream);
        }
    }

    private void assertEnds(Socket socket, EventStream stream) throws IOException {
        var lines = reader(socket);
        while (lines.readLine() != null) {
            Thread.onSpinWait();
        }
        assertThat(stream.isOpen()).isFalse();
        Poll.until(DEADLINE, () -> streams.size() == 0 && ended.get() == 1);
    }

    @Test
    void aReaderWhoLeftIsForgotten() throws Exception {
        connect().close();

        Poll.until(
                DEADLINE,
                () -> {
                    streams.beat();
                    return !opened.isEmpty() && streams.size() == 0;
                });
        assertThat(ended).hasValue(1);
    }

    private Socket connect() throws IOException {
        var socket =
                new Socket(InetAddress.getLoopbackAddress(), tomcat.getConnector().getLocalPort());
        socket.setSoTimeout((int) DEADLINE.toMillis());
        socket.getOutputStream()
                .write(
                        "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /** The next line that begins so; what lies between (chunk sizes, headers) is passed over. */
    private static String next(BufferedReader lines, String prefix) throws IOException {
        var line = lines.readLine();
        while (line != null && !line.startsWith(prefix)) {
            line = lines.readLine();
        }
        return String.valueOf(line);
    }
}
