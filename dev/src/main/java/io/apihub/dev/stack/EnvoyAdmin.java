package io.apihub.dev.stack;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Envoy's admin interface, which is a unix socket because it shows credentials. */
public final class EnvoyAdmin {

    private final Path socket;

    EnvoyAdmin(Path socket) {
        this.socket = socket;
    }

    /** Whether Envoy listens for clients. */
    public boolean serves() {
        try {
            return get("/ready").startsWith("HTTP/1.1 200") && get("/listeners").contains("::");
        } catch (IOException e) {
            return false; // it is not there
        }
    }

    /** The value of a counter or gauge; 0 if there is no such one. */
    public long stat(String name) throws IOException {
        return get("/stats?filter=^" + name.replace(".", "\\.") + "$")
                .lines()
                .filter(line -> line.startsWith(name + ": "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 2)))
                .sum();
    }

    private String get(String path) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            var request = "GET " + path + " HTTP/1.1\r\nhost: admin\r\nconnection: close\r\n\r\n";
            var bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            var answer = Channels.newInputStream(channel).readAllBytes();
            return new String(answer, StandardCharsets.UTF_8);
        }
    }
}
