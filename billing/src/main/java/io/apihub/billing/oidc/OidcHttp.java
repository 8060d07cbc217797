package io.apihub.billing.oidc;

import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import io.apihub.billing.outbound.BoundedExchange;
import io.apihub.billing.settings.Oidc;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Calls the provider and nobody else: HTTPS to the hosts that are configured, no redirects, little
 * time, little text.
 */
final class OidcHttp {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final int MOST_BYTES = 256 * 1024;
    private static final int OK = 200;
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Oidc settings;
    private final BoundedExchange exchange;

    OidcHttp(Oidc settings) {
        this(settings, ANSWER);
    }

    OidcHttp(Oidc settings, Duration timeout) {
        this.settings = settings;
        var http =
                HttpClient.newBuilder()
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(CONNECT)
                        .build();
        this.exchange = new BoundedExchange(http, timeout, MOST_BYTES);
    }

    /**
     * Checks an address that the provider gave us.
     *
     * @throws OidcRefusal if it leads elsewhere
     */
    URI checked(@Nullable URI uri) throws OidcRefusal {
        if (uri == null || uri.getHost() == null || uri.getUserInfo() != null) {
            throw elsewhere(uri);
        }
        var host = uri.getHost().toLowerCase(Locale.ROOT);
        boolean known =
                host.equals(settings.issuer().getHost().toLowerCase(Locale.ROOT))
                        || settings.endpointHosts().contains(host);
        boolean secure =
                "https".equals(uri.getScheme())
                        || ("http".equals(uri.getScheme())
                                && settings.insecureLoopback()
                                && LOOPBACK.contains(host));
        if (!known || !secure) {
            throw elsewhere(uri);
        }
        return uri;
    }

    private static OidcRefusal elsewhere(@Nullable URI uri) {
        return new OidcRefusal(
                OidcRefusal.Reason.PROVIDER,
                "the provider names an endpoint that is not https on its host, nor on one of"
                        + " APIHUB_OIDC_ENDPOINT_HOSTS: "
                        + uri);
    }

    /** Reads what anybody may read, or who has the token. */
    String get(URI uri, @Nullable String bearer) throws OidcRefusal {
        var request = HttpRequest.newBuilder(checked(uri));
        if (bearer != null) {
            request.header("Authorization", "Bearer " + bearer);
        }
        return send(request.header("Accept", "application/json").build());
    }

    /** Sends a form. */
    String post(HTTPRequest form) throws OidcRefusal {
        var request =
                HttpRequest.newBuilder(checked(form.getURI()))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Accept", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(form.getBody()));
        if (form.getAuthorization() != null) {
            request.header("Authorization", form.getAuthorization());
        }
        return send(request.build());
    }

    private String send(HttpRequest request) throws OidcRefusal {
        try {
            var response = exchange.send(request);
            if (response.statusCode() != OK) {
                throw new OidcRefusal(
                        OidcRefusal.Reason.PROVIDER,
                        request.uri() + " answered " + response.statusCode());
            }
            return new String(response.body(), StandardCharsets.UTF_8);
        } catch (ExecutionException | TimeoutException e) {
            throw new OidcRefusal(
                    OidcRefusal.Reason.PROVIDER, request.uri() + " does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OidcRefusal(OidcRefusal.Reason.PROVIDER, "interrupted", e);
        }
    }
}
