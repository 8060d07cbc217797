package io.apihub.billing.identity;

import io.apihub.billing.settings.Network;
import io.apihub.billing.settings.Settings;
import jakarta.servlet.http.HttpServletRequest;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.springframework.stereotype.Component;

/** Where a request comes from, past the proxies that we trust and no further. */
@Component
public class ClientAddress {

    private static final String FORWARDED = "X-Forwarded-For";
    private static final int BYTES_OF_A_HOUSEHOLD = 8;

    private final List<Network> trusted;

    ClientAddress(Settings settings) {
        this.trusted = settings.identity().trustedProxies();
    }

    /** The last address that no trusted proxy has. */
    public InetAddress of(HttpServletRequest request) {
        var address = Network.address(withoutScope(request.getRemoteAddr()));
        for (var hop : hops(request)) {
            if (!isTrusted(address)) {
                return address;
            }
            try {
                address = Network.address(hop);
            } catch (IllegalArgumentException e) {
                return address;
            }
        }
        return address;
    }

    /** What is counted as one: an address, of IPv6 the half that a household is given. */
    public String block(HttpServletRequest request) {
        var address = of(request);
        if (!(address instanceof Inet6Address)) {
            return address.getHostAddress();
        }
        var block = new StringBuilder();
        for (int i = 0; i < BYTES_OF_A_HOUSEHOLD; i++) {
            block.append("%02x".formatted(address.getAddress()[i]));
        }
        return block.append("/64").toString();
    }

    private boolean isTrusted(InetAddress address) {
        return trusted.stream().anyMatch(network -> network.contains(address));
    }

    /** The nearest first. */
    private static List<String> hops(HttpServletRequest request) {
        var hops = new ArrayList<String>();
        for (var line : Collections.list(request.getHeaders(FORWARDED))) {
            for (var hop : line.split(",", -1)) {
                hops.add(hop.strip());
            }
        }
        return hops.reversed();
    }

    private static String withoutScope(String address) {
        int scope = address.indexOf('%');
        return scope < 0 ? address : address.substring(0, scope);
    }
}
