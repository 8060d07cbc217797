package io.apihub.billing.notice;

import io.apihub.billing.settings.Settings;
import io.apihub.billing.settings.Webhooks;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Sends one request to where a tenant says, and reads the status of the answer. The name is
 * resolved once, and the connection goes to the address that was checked: an HTTP client of the
 * library's would resolve it a second time, when it may lead elsewhere. No redirect is followed; of
 * the answer nothing is kept but its status.
 */
@Component
class WebhookCall {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookCall.class);
    private static final Duration RESOLVE = Duration.ofSeconds(5);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int MOST_BYTES = 65_536;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})( .*)?");

    private final Webhooks settings;
    private final SSLSocketFactory tls;
    private final Duration whole;

    @Autowired
    WebhookCall(Settings settings) {
        this(settings.webhooks(), defaultTls(), Duration.ofSeconds(10));
    }

    /**
     * With other trust and patience.
     *
     * @param whole from the connection to the answer's status
     */
    WebhookCall(Webhooks settings, SSLSocketFactory tls, Duration whole) {
        this.settings = settings;
        this.tls = tls;
        this.whole = whole;
    }

    private static SSLSocketFactory defaultTls() {
        try {
            return SSLContext.getDefault().getSocketFactory();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    /**
     * What came of it.
     *
     * @param status null: there was no answer
     * @param error why there was none; fit for the tenant's eyes
     */
    record Outcome(@Nullable Integer status, @Nullable String error) {

        private static Outcome failed(String error) {
            return new Outcome(null, error);
        }

        /** Whether the receiver has it. */
        boolean isTaken() {
            return status != null && status >= 200 && status < 300;
        }

        /** Whether the receiver never wants anything again. */
        boolean isGone() {
            return status != null && status == 410;
        }
    }

    /** Posts JSON. Never throws; may take twenty seconds. */
    Outcome post(URI url, Map<String, String> headers, String body) {
        try {
            var addresses = addresses(url);
            if (!addresses.stream().allMatch(address -> mayCall(url, address))) {
                return Outcome.failed("the URL leads to an address that is not allowed");
            }
            return new Outcome(send(url, addresses.getFirst(), request(url, headers, body)), null);
        } catch (UnknownHostException e) {
            return Outcome.failed("the name is not known");
        } catch (SocketTimeoutException | TimeoutException e) {
            return Outcome.failed("no answer in time");
        } catch (SSLException e) {
            return Outcome.failed("TLS: " + e.getMessage());
        } catch (IOException e) {
            return Outcome.failed("no connection, or no answer of HTTP/1.1");
        }
    }

    private boolean mayCall(URI url, InetAddress address) {
        return isTls(url) ? WebhookUrl.isAllowed(address, settings) : settings.allows(address);
    }

    private static boolean isTls(URI url) {
        return "https".equalsIgnoreCase(url.getScheme());
    }

    /** A resolver may take longer than anybody wants to wait. */
    private static List<InetAddress> addresses(URI url) throws IOException, TimeoutException {
        var found = new CompletableFuture<List<InetAddress>>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        found.complete(List.of(InetAddress.getAllByName(WebhookUrl.host(url))));
                    } catch (UnknownHostException e) {
                        found.completeExceptionally(e);
                    }
                });
        try {
            return found.get(RESOLVE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            var unknown = new UnknownHostException(url.getHost());
            unknown.initCause(e);
            throw unknown;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static byte[] request(URI url, Map<String, String> headers, String body) {
        var path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        var query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        var head = new StringBuilder("POST " + path + query + " HTTP/1.1\r\n");
        head.append("Host: ").append(url.getHost());
        if (url.getPort() > 0) {
            head.append(':').append(url.getPort());
        }
        head.append("\r\nUser-Agent: APIHub-Webhook/1\r\nContent-Type: application/json\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append("Content-Length: ").append(bytes.length);
        head.append("\r\nConnection: close\r\n\r\n");
        var request = new ByteArrayOutputStream();
        request.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
        request.writeBytes(bytes);
        return request.toByteArray();
    }

    private int send(URI url, InetAddress address, byte[] request)
            throws IOException, TimeoutException {
        var socket = new Socket();
        var late = new AtomicBoolean();
        // Whoever answers a byte a second is cut off all the same.
        var guard = Thread.ofVirtual().start(() -> closeAfter(socket, late));
        try {
            socket.connect(
                    new InetSocketAddress(address, port(url)), Math.toIntExact(CONNECT.toMillis()));
            socket.setSoTimeout(Math.toIntExact(whole.toMillis()));
            var connection = isTls(url) ? secured(socket, url) : socket;
            connection.getOutputStream().write(request);
            connection.getOutputStream().flush();
            return status(new BufferedInputStream(connection.getInputStream()));
        } catch (IOException e) {
            if (late.get()) {
                throw new TimeoutException();
            }
            throw e;
        } finally {
            guard.interrupt();
            socket.close();
        }
    }

    private void closeAfter(Socket socket, AtomicBoolean late) {
        try {
            Thread.sleep(whole);
            late.set(true);
            socket.close();
        } catch (InterruptedException | IOException e) {
            LOG.trace("the answer came in time", e);
        }
    }

    private static int port(URI url) {
        return url.getPort() > 0 ? url.getPort() : isTls(url) ? 443 : 80;
    }

    private SSLSocket secured(Socket socket, URI url) throws IOException {
        var secured = (SSLSocket) tls.createSocket(socket, WebhookUrl.host(url), port(url), true);
        var parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    /** The status of the answer; interim ones (1xx) are passed over. */
    private static int status(InputStream answer) throws IOException {
        int left = MOST_BYTES;
        while (true) {
            var line = line(answer, left);
            left -= line.length() + 1;
            var found = STATUS.matcher(line);
            if (!found.matches()) {
                throw new IOException("no answer of HTTP");
            }
            int status = Integer.parseInt(found.group(1));
            if (status >= 200 || status == 101) {
                return status;
            }
            while (!line.isEmpty()) {
                line = line(answer, left);
                left -= line.length() + 1;
            }
        }
    }

    private static String line(InputStream answer, int most) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int read = answer.read(); read != '\n'; read = answer.read()) {
            if (read < 0 || line.size() >= most) {
                throw new IOException("no whole line");
            }
            line.write(read);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }
}
