package io.apihub.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A streamed answer whose first words have arrived: the request runs, for sure. Closing hangs up.
 */
final class OpenStream implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 30_000;

    private final Socket socket;
    private final BufferedReader lines;

    private OpenStream(Socket socket) throws IOException {
        this.socket = socket;
        this.lines =
                new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Asks and waits for the first event; a refusal fails the test. */
    static OpenStream of(Customer customer, String text) throws IOException {
        String body = Call.CHAT.body(Product.DIRECT, text, true);
        String request =
                "POST %s HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer %s\r\n"
                                .formatted(Call.CHAT.path(Product.DIRECT, true), customer.key())
                        + "content-type: application/json\r\ncontent-length: "
                        + body.getBytes(StandardCharsets.UTF_8).length
                        + "\r\n\r\n"
                        + body;
        int port = customer.product().stack().url().getPort();
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        var stream = new OpenStream(socket);
        String status = stream.lines.readLine();
        if (!status.contains(" 200 ") || !stream.hasEvent()) {
            socket.close();
            throw new AssertionError("not served: " + status);
        }
        return stream;
    }

    private boolean hasEvent() throws IOException {
        String line = lines.readLine();
        while (line != null && !line.startsWith("data: ")) {
            line = lines.readLine();
        }
        return line != null;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
