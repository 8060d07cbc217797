package io.apihub.billing.payment.epay;

import io.apihub.billing.settings.Payments.PayProvider;
import io.apihub.billing.settings.Payments.Signing;
import io.apihub.billing.settings.Settings;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/** The clients and signatures of the configured providers. */
@Component
public class EpayClients implements DisposableBean {

    private static final Duration CONNECT = Duration.ofSeconds(4);

    private final HttpClient http =
            HttpClient.newBuilder()
                    .connectTimeout(CONNECT)
                    // A redirect would carry the key elsewhere.
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .version(HttpClient.Version.HTTP_1_1)
                    .build();

    private final Map<String, EpayClient> clients;
    private final Map<String, EpaySignature> signatures;

    EpayClients(Settings settings, InstantSource clock) {
        var providers = settings.payments().providers();
        this.clients =
                providers.stream()
                        .collect(
                                Collectors.toMap(
                                        PayProvider::name, provider -> client(provider, clock)));
        this.signatures =
                providers.stream()
                        .collect(
                                Collectors.toMap(
                                        PayProvider::name,
                                        provider -> new EpaySignature(provider.signing())));
    }

    private EpayClient client(PayProvider provider, InstantSource clock) {
        return switch (provider.signing()) {
            case Signing.Md5 md5 -> new EpayV1(provider, md5, http, Wire.TIMEOUT);
            case Signing.Rsa rsa -> new EpayV2(provider, rsa, http, Wire.TIMEOUT, clock);
        };
    }

    /** The client of a provider; empty if it is not configured, any more. */
    public Optional<EpayClient> find(String provider) {
        return Optional.ofNullable(clients.get(provider));
    }

    /**
     * The client of a configured provider.
     *
     * @throws IllegalArgumentException if there is no such provider
     */
    public EpayClient of(String provider) {
        return known(clients, provider);
    }

    /**
     * The signature of a configured provider.
     *
     * @throws IllegalArgumentException if there is no such provider
     */
    public EpaySignature signature(String provider) {
        return known(signatures, provider);
    }

    private static <T> T known(Map<String, T> all, String provider) {
        var found = all.get(provider);
        if (found == null) {
            throw new IllegalArgumentException("no provider " + provider);
        }
        return found;
    }

    @Override
    public void destroy() {
        http.close();
    }
}
