package io.apihub.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** A closed loop of chat requests over some keep-alive connections. */
final class HttpLoad {

    private static final int CONNECTIONS = 16;

    private final int port;
    private final byte[] request;

    HttpLoad(int port, int bodyBytes) {
        this.port = port;
        request =
                HttpConnection.message(
                        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n"
                                + "content-type: application/json\r\nauthorization: Bearer "
                                + BenchKeys.secret(0).reveal()
                                + "\r\n",
                        CheckLoad.body(bodyBytes));
    }

    /** Sends the requests; fails unless every answer is 200. */
    void run(int count) throws InterruptedException {
        var next = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var workers = new ArrayList<Future<Void>>();
            for (int i = 0; i < CONNECTIONS; i++) {
                Callable<Void> loop = () -> loop(next, count);
                workers.add(threads.submit(loop));
            }
            for (var worker : workers) {
                worker.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the load failed", e.getCause());
        }
    }

    private Void loop(AtomicInteger next, int count) throws IOException {
        try (var connection =
                new HttpConnection(new Socket(InetAddress.getLoopbackAddress(), port))) {
            while (next.getAndIncrement() < count) {
                connection.send(request);
                var status = connection.receive();
                if (!status.contains(" 200 ")) {
                    throw new IOException("not allowed: " + status);
                }
            }
            return null;
        }
    }
}
