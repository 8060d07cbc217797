package io.apihub.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** An upstream that answers every request with the same small chat completion. */
final class FixedUpstream implements AutoCloseable {

    private static final byte[] ANSWER =
            HttpConnection.message(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n",
                    """
                    {"id":"c1","object":"chat.completion","model":"bench-model","choices":[{"index":0,\
                    "message":{"role":"assistant","content":"Hello."},"finish_reason":"stop"}],\
                    "usage":{"prompt_tokens":20,"completion_tokens":2,"total_tokens":22}}\
                    """);

    private final ServerSocket server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());

    FixedUpstream() throws IOException {
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void serve(Socket socket) {
        try (var connection = new HttpConnection(socket)) {
            while (true) {
                connection.receive();
                connection.send(ANSWER);
            }
        } catch (IOException closed) {
            // The gateway closed its connection.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
