package io.apihub.billing.guide;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.apihub.billing.testing.Base32;
import io.apihub.billing.testing.Mailbox;
import io.apihub.billing.testing.Poll;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What people do beside typing: read the mail, and codes from a phone. A shell asks by HTTP. */
final class Hands implements AutoCloseable {

    private static final long STEP_SECONDS = 30;

    private final HttpServer server;
    private final Mailbox mailbox;
    private final Set<String> read = new HashSet<>();
    private long lastStep;

    Hands(Mailbox mailbox) throws IOException {
        this.mailbox = mailbox;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/mail", exchange -> answer(exchange, mail(exchange.getRequestURI().getQuery())));
        server.createContext(
                "/code", exchange -> answer(exchange, code(exchange.getRequestURI().getQuery())));
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** What the link carries in the next mail to somebody; waits for it. */
    private String mail(String address) {
        Poll.until(Duration.ofSeconds(60), () -> !unread(address).isEmpty());
        var token = unread(address);
        read.add(token);
        return token;
    }

    private String unread(String address) {
        return mailbox.of(address).stream()
                .filter(mail -> Mailbox.text(mail).contains("#"))
                .map(Mailbox::token)
                .filter(token -> !read.contains(token))
                .findFirst()
                .orElse("");
    }

    /** A code that was not used yet: people wait for the next one, we take one of the slack. */
    private String code(String base32) {
        // The oldest code that is good must still be so when it arrives, however slow we are.
        Poll.until(
                Duration.ofSeconds(60),
                () -> Instant.now().getEpochSecond() % STEP_SECONDS < STEP_SECONDS / 2);
        lastStep = Math.max(lastStep + 1, Instant.now().getEpochSecond() / STEP_SECONDS - 1);
        try {
            var mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(Base32.decoded(base32), "RAW"));
            var hash = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(lastStep).array());
            int number = ByteBuffer.wrap(hash).getInt(hash[hash.length - 1] & 0xf) & 0x7fffffff;
            return "%06d".formatted(number % 1_000_000);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA1", e);
        }
    }

    private static void answer(HttpExchange exchange, String text) throws IOException {
        try (exchange) {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
