package io.apihub.billing.settings;

import io.apihub.model.money.Credits;
import java.math.BigDecimal;
import java.net.URI;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How customers pay.
 *
 * @param providers none: nobody can top up
 * @param publicUrl where payment platforms and browsers reach billing; null only without providers
 */
public record Payments(List<PayProvider> providers, TopUps topUps, @Nullable URI publicUrl) {

    /** Platforms cut URLs there, and say nothing. */
    static final int MOST_URL = 255;

    public static final Payments NONE =
            new Payments(List.of(), new TopUps(List.of(), true, Duration.ofMinutes(30), 20), null);

    public Payments {
        providers = List.copyOf(providers);
    }

    /** The provider of a name. */
    public Optional<PayProvider> provider(String name) {
        return providers.stream().filter(provider -> provider.name().equals(name)).findFirst();
    }

    /** Where a provider's platform tells of payments. */
    public URI notifyUrl(String provider) {
        return below("/api/payment/notify/" + provider);
    }

    /** Where platforms send browsers back to. */
    public URI returnUrl() {
        return below("/api/payment/return");
    }

    private URI below(String path) {
        var base = Objects.requireNonNull(publicUrl).toString();
        return URI.create(
                (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
    }

    /**
     * An account at a payment platform.
     *
     * @param name as orders and notify URLs have it: a-z, 0-9 and hyphens
     * @param url of the platform, ends with a slash
     * @param signing pinned: what a message says about its own signature counts for nothing
     * @param types of payment, as the platform names them
     */
    public record PayProvider(
            String name, URI url, String pid, Signing signing, List<String> types, Terms terms) {
        public PayProvider {
            types = List.copyOf(types);
        }
    }

    /**
     * What a payment costs.
     *
     * @param minimum of the credit that is bought
     * @param maximum of the credit that is bought
     * @param feePercent of the price, on top of it
     * @param currency what is paid in
     * @param rate units of that currency for one unit of credit
     */
    public record Terms(
            Credits minimum,
            Credits maximum,
            BigDecimal feePercent,
            String currency,
            BigDecimal rate) {}

    /** How messages are signed, and with it the version of the protocol. */
    public sealed interface Signing {

        /** Version 1. */
        record Md5(MerchantKey key) implements Signing {}

        /**
         * Version 2.
         *
         * @param own signs what we send
         * @param platform verifies what we receive
         */
        record Rsa(PrivateKey own, PublicKey platform) implements Signing {
            @Override
            public String toString() {
                return "Rsa[***]";
            }
        }
    }

    /** A key that is shared with the platform. */
    public record MerchantKey(String reveal) {
        @Override
        public String toString() {
            return "***";
        }
    }

    /**
     * What may be bought.
     *
     * @param options what is offered
     * @param freeAmounts whether other amounts may be bought too, without a bonus
     * @param lifetime how long an order waits for its payment, before it is called expired
     * @param mostPending how many orders of a tenant may wait for their payment
     */
    public record TopUps(
            List<Option> options, boolean freeAmounts, Duration lifetime, int mostPending) {
        public TopUps {
            options = List.copyOf(options);
        }

        /** What comes on top of an amount. */
        public Credits bonus(Credits amount) {
            return options.stream()
                    .filter(option -> option.amount().equals(amount))
                    .map(Option::bonus)
                    .findFirst()
                    .orElse(Credits.ZERO);
        }

        public boolean allows(Credits amount) {
            return freeAmounts
                    || options.stream().anyMatch(option -> option.amount().equals(amount));
        }
    }

    /** An amount that is offered, and what comes on top of it. */
    public record Option(Credits amount, Credits bonus) {}
}
