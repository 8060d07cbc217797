package io.apihub.billing.settings;

import io.apihub.billing.settings.Payments.MerchantKey;
import io.apihub.billing.settings.Payments.Signing;
import io.apihub.model.money.Credits;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@link Payments}; what is half-configured is refused. */
final class PaymentSettings {

    private static final String AMOUNT = "(0|[1-9][0-9]{0,7})(\\.[0-9]{1,2})?";
    private static final BigDecimal MOST_FEE = new BigDecimal(50);

    private final PaymentFile file;
    private final String currency;

    private PaymentSettings(PaymentFile file, String currency) {
        this.file = file;
        this.currency = currency;
    }

    /**
     * Reads all of it.
     *
     * @param currency the installation's
     * @param publicUrl the installation's, if it is known
     */
    static Payments read(Variables variables, String currency, @Nullable URI publicUrl) {
        var file = PaymentFile.read(variables);
        return file == null
                ? Payments.NONE
                : new PaymentSettings(file, currency).payments(publicUrl);
    }

    private Payments payments(@Nullable URI publicUrl) {
        var providers = file.providers().stream().map(this::provider).toList();
        if (providers.isEmpty()) {
            throw file.wrong("provider.<name>.url", "is missing: there is no provider");
        }
        var own = file.optional("public-url");
        var base = own == null ? publicUrl : platform("public-url", own);
        if (base == null) {
            throw file.wrong(
                    "public-url",
                    "is missing, and so is APIHUB_PUBLIC_URL: platforms tell us of payments there");
        }
        var payments = new Payments(providers, topUps(), base);
        for (var provider : providers) {
            if (payments.notifyUrl(provider.name()).toString().length() > Payments.MOST_URL) {
                throw file.wrong(
                        "public-url",
                        "or APIHUB_PUBLIC_URL is too long: with it the notify URL of "
                                + provider.name()
                                + " has more than "
                                + Payments.MOST_URL
                                + " characters, and platforms cut it there");
            }
        }
        file.refuseUnread();
        return payments;
    }

    private Payments.PayProvider provider(String name) {
        var prefix = "provider." + name + ".";
        var url = platform(prefix + "url", file.required(prefix + "url"));
        return new Payments.PayProvider(
                name,
                url.getPath().endsWith("/") ? url : URI.create(url + "/"),
                matching(prefix + "pid", "[A-Za-z0-9_-]{1,64}", "such as 1001"),
                signing(prefix),
                types(prefix + "types"),
                terms(prefix));
    }

    /** Keys and amounts travel there: in clear only on this machine. */
    private URI platform(String setting, String text) {
        try {
            var uri = new URI(text);
            boolean plain =
                    uri.getHost() != null
                            && uri.getUserInfo() == null
                            && uri.getRawQuery() == null
                            && uri.getRawFragment() == null;
            if (plain
                    && ("https".equals(uri.getScheme())
                            || ("http".equals(uri.getScheme()) && isLoopback(uri.getHost())))) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw file.wrong(setting, "is no URL");
        }
        throw file.wrong(
                setting, "must be https, without user, query and fragment: '" + text + "'");
    }

    private static boolean isLoopback(String host) {
        if (host.equals("localhost")) {
            return true;
        }
        try {
            InetAddress address = Network.address(host.replaceAll("[\\[\\]]", ""));
            return address.isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private String matching(String setting, String pattern, String example) {
        var text = file.required(setting);
        if (!text.matches(pattern)) {
            throw file.wrong(setting, "must be " + example + ", not '" + text + "'");
        }
        return text;
    }

    private Signing signing(String prefix) {
        return switch (matching(prefix + "sign-type", "MD5|RSA", "MD5 or RSA")) {
            case "MD5" -> new Signing.Md5(new MerchantKey(file.secret(prefix + "key")));
            default -> rsa(prefix);
        };
    }

    private Signing rsa(String prefix) {
        var own = der(prefix + "private-key");
        var platform = der(prefix + "platform-public-key");
        try {
            return new Signing.Rsa(
                    KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(own)),
                    KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(platform)));
        } catch (GeneralSecurityException e) {
            throw file.wrong(
                    prefix + "private-key-file",
                    "or platform-public-key-file is no RSA key (PKCS #8, X.509)");
        }
    }

    /** As PEM, or as the platform's page shows it: Base64 alone. */
    private byte[] der(String setting) {
        var text = file.secret(setting).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw file.wrong(setting + "-file", "is neither PEM nor Base64");
        }
    }

    private List<String> types(String setting) {
        var types =
                Arrays.stream(file.required(setting).split(",", -1)).map(String::strip).toList();
        for (var type : types) {
            if (!type.matches("[a-z0-9._-]{1,32}")) {
                throw file.wrong(setting, "must be such as alipay,wxpay, not '" + type + "'");
            }
        }
        return types;
    }

    private Payments.Terms terms(String prefix) {
        var minimum = amount(prefix + "minimum", "1");
        var maximum = amount(prefix + "maximum", "10000");
        if (!minimum.isPositive() || maximum.compareTo(minimum) < 0) {
            throw file.wrong(prefix + "maximum", "must be at least the minimum, and that above 0");
        }
        var fee = decimal(prefix + "fee-percent", "0");
        if (fee.compareTo(MOST_FEE) > 0) {
            throw file.wrong(prefix + "fee-percent", "must be 0 to " + MOST_FEE);
        }
        return new Payments.Terms(minimum, maximum, fee, payCurrency(prefix), rate(prefix));
    }

    private String payCurrency(String prefix) {
        return file.optional(prefix + "currency") == null
                ? currency
                : matching(prefix + "currency", "[A-Z]{3,5}", "such as CNY");
    }

    private BigDecimal rate(String prefix) {
        if (!payCurrency(prefix).equals(currency) && file.optional(prefix + "rate") == null) {
            throw file.wrong(prefix + "rate", "is missing, but the currency is not " + currency);
        }
        var rate = decimal(prefix + "rate", "1");
        if (rate.signum() <= 0) {
            throw file.wrong(prefix + "rate", "must be above 0");
        }
        return rate;
    }

    private BigDecimal decimal(String setting, String otherwise) {
        var text = file.optional(setting);
        var value = text == null ? otherwise : text;
        if (!value.matches("[0-9]{1,6}(\\.[0-9]{1,8})?")) {
            throw file.wrong(setting, "must be a decimal such as 7.1234, not '" + value + "'");
        }
        return new BigDecimal(value);
    }

    private Credits amount(String setting, String otherwise) {
        var text = file.optional(setting);
        return amountOf(setting, text == null ? otherwise : text);
    }

    private Credits amountOf(String setting, String text) {
        if (!text.matches(AMOUNT)) {
            throw file.wrong(setting, "must be an amount such as 10 or 0.50, not '" + text + "'");
        }
        return Credits.parse(text);
    }

    private Payments.TopUps topUps() {
        var options = new ArrayList<Payments.Option>();
        var text = file.optional("top-up.options");
        for (var part : text == null ? new String[0] : text.split(",", -1)) {
            var sides = part.strip().split("\\+", 2);
            options.add(
                    new Payments.Option(
                            amountOf("top-up.options", sides[0].strip()),
                            sides.length == 1
                                    ? Credits.ZERO
                                    : amountOf("top-up.options", sides[1].strip())));
        }
        var free = file.optional("top-up.free-amounts");
        if (free != null && !free.matches("true|false")) {
            throw file.wrong("top-up.free-amounts", "must be true or false");
        }
        return new Payments.TopUps(
                options,
                free == null || free.equals("true"),
                Duration.ofMinutes(count("order.lifetime-minutes", 30)),
                count("order.most-pending", 20));
    }

    private int count(String setting, int otherwise) {
        var text = file.optional(setting);
        if (text != null && !text.matches("[1-9][0-9]{0,3}")) {
            throw file.wrong(setting, "must be 1 to 9999");
        }
        return text == null ? otherwise : Integer.parseInt(text);
    }
}
