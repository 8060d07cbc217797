package io.apihub.billing.notice;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.settings.Network;
import io.apihub.billing.settings.Webhooks;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** Reads the addresses of webhooks. */
final class WebhookUrl {

    private static final int MAX = 2_000;
    private static final int MAX_PORT = 65_535;

    private WebhookUrl() {}

    /**
     * Reads one. Where a name leads is looked at when something is sent, each time.
     *
     * @throws Refused 400 if it is not https, has a user, a fragment or no host, or an address that
     *     is not allowed
     */
    static URI of(@Nullable String text, Webhooks settings) {
        if (text == null || text.length() > MAX) {
            throw invalid();
        }
        try {
            var uri = new URI(text.strip());
            if (!isScheme(uri.getScheme(), settings) || !isPlain(uri) || !isAscii(text)) {
                throw invalid();
            }
            checkLiteral(host(uri), settings);
            return uri;
        } catch (URISyntaxException e) {
            throw invalid();
        }
    }

    private static boolean isScheme(@Nullable String scheme, Webhooks settings) {
        return "https".equalsIgnoreCase(scheme)
                || ("http".equalsIgnoreCase(scheme) && !settings.allowed().isEmpty());
    }

    private static boolean isPlain(URI uri) {
        return uri.getHost() != null
                && uri.getRawUserInfo() == null
                && uri.getRawFragment() == null
                && uri.getPort() != 0
                && uri.getPort() <= MAX_PORT;
    }

    private static boolean isAscii(String text) {
        return text.strip().chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    /** The host as a resolver takes it. */
    static String host(URI uri) {
        var host = uri.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    static boolean isAllowed(InetAddress address, Webhooks settings) {
        return PublicAddress.is(address) || settings.allows(address);
    }

    private static void checkLiteral(String host, Webhooks settings) {
        InetAddress address;
        try {
            address = Network.address(host);
        } catch (IllegalArgumentException e) {
            return;
        }
        if (!isAllowed(address, settings)) {
            throw invalid();
        }
    }

    private static Refused invalid() {
        return new Refused(
                Problem.invalid(
                        "url",
                        "Must be an https URL of the public internet, of ASCII characters, without"
                                + " user and fragment, 2,000 characters at most."));
    }
}
