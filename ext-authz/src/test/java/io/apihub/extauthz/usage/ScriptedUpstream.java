package io.apihub.extauthz.usage;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** An upstream that reads a request and then does what the test says, byte by byte. */
final class ScriptedUpstream implements AutoCloseable {

    /** What to do on a connection after the request; the connection is closed behind it. */
    private static final String EVENTS = "text/event-stream";

    @FunctionalInterface
    interface Script {
        void run(OutputStream out) throws IOException, InterruptedException;
    }

    private final ServerSocket server;
    private volatile Script script = out -> {};

    ScriptedUpstream() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    void script(Script next) {
        script = next;
    }

    static Script json(int status, String body) {
        return out ->
                write(
                        out,
                        "HTTP/1.1 %d X\r\ncontent-type: application/json\r\ncontent-length: %d\r\n"
                                        .formatted(status, body.length())
                                + "x-cpa-trace-id: abc\r\nconnection: close\r\n\r\n"
                                + body);
    }

    /** Sends a JSON answer in parts, each of them alone on the wire for a moment. */
    static Script json(String... parts) {
        return out -> {
            begin(out, "application/json");
            for (var part : parts) {
                chunk(out, part);
                LockSupport.parkNanos(20_000_000);
            }
            write(out, "0\r\n\r\n");
        };
    }

    /** Sends events and ends the answer as it should be. */
    static Script events(String... data) {
        return out -> {
            begin(out, EVENTS);
            for (var each : data) {
                chunk(out, each);
            }
            write(out, "0\r\n\r\n");
        };
    }

    /** Sends events and then waits, the answer unfinished, until the test goes on. */
    static Script hanging(CountDownLatch until, String... data) {
        return out -> {
            begin(out, EVENTS);
            for (var each : data) {
                chunk(out, each);
            }
            if (!until.await(15, TimeUnit.SECONDS)) {
                throw new IOException("nobody went on");
            }
        };
    }

    private static void begin(OutputStream out, String type) throws IOException {
        var head =
                List.of(
                        "HTTP/1.1 200 OK",
                        "content-type: " + type,
                        "transfer-encoding: chunked",
                        "",
                        "");
        write(out, String.join("\r\n", head));
    }

    private static void chunk(OutputStream out, String data) throws IOException {
        write(out, "%x\r\n%s\r\n".formatted(data.length(), data));
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            if (readRequest(new BufferedInputStream(socket.getInputStream()))) {
                script.run(socket.getOutputStream());
            }
        } catch (IOException e) {
            // The other side hung up: that is what some tests do.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean readRequest(InputStream in) throws IOException {
        int length = 0;
        for (var line = line(in); line != null; line = line(in)) {
            if (line.isEmpty()) {
                in.skipNBytes(length);
                return true;
            }
            if (line.startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(15).trim());
            }
        }
        return false;
    }

    private static @Nullable String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                return null;
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
