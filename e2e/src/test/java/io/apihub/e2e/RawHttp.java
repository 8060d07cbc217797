package io.apihub.e2e;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * One request on a connection of its own, byte for byte as it is given: a client would tidy it up.
 * The answer is read to its end, not to the end of the connection, with which Envoy takes its time.
 */
final class RawHttp {

    private static final int PATIENCE_MILLIS = 30_000;

    private RawHttp() {}

    /**
     * What came back.
     *
     * @param headers by name in lower case; the last of several
     */
    record Answer(int status, Map<String, String> headers, String body) {

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /**
     * Sends {@code request} to a port of this machine.
     *
     * @throws IOException if the connection breaks before the end of the answer
     */
    static Answer send(int port, String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            var in = socket.getInputStream();
            String status = line(in);
            var headers = headers(in);
            return new Answer(
                    Integer.parseInt(status.substring(9, 12)), headers, body(in, headers));
        }
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        var headers = new TreeMap<String, String>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private static String body(InputStream in, Map<String, String> headers) throws IOException {
        if (!headers.getOrDefault("transfer-encoding", "").equals("chunked")) {
            return text(exactly(in, Integer.parseInt(headers.getOrDefault("content-length", "0"))));
        }
        var body = new ByteArrayOutputStream();
        for (int size = Integer.parseInt(line(in), 16); size > 0; ) {
            body.write(exactly(in, size));
            line(in);
            size = Integer.parseInt(line(in), 16);
        }
        return body.toString(StandardCharsets.UTF_8);
    }

    private static byte[] exactly(InputStream in, int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("the answer ends after " + bytes.length + " of " + size);
        }
        return bytes;
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the answer ends in the middle");
            }
            line.write(next);
        }
        return text(line.toByteArray()).stripTrailing();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
