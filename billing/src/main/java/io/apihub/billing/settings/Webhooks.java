package io.apihub.billing.settings;

import java.net.InetAddress;
import java.util.List;

/**
 * Where webhooks may lead besides the public internet.
 *
 * @param allowed networks of the installation's own that tenants may have us call; there plain HTTP
 *     is allowed too
 */
public record Webhooks(List<Network> allowed) {

    /** The public internet and nothing else. */
    public static final Webhooks PUBLIC = new Webhooks(List.of());

    public Webhooks {
        allowed = List.copyOf(allowed);
    }

    public boolean allows(InetAddress address) {
        return allowed.stream().anyMatch(network -> network.contains(address));
    }
}
