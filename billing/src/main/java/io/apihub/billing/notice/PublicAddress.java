package io.apihub.billing.notice;

import io.apihub.billing.settings.Network;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/** Tells addresses of the public internet from all others. */
final class PublicAddress {

    /** IANA's special-purpose registries: what is not reached, or not by everybody. */
    private static final List<Network> SPECIAL =
            Stream.of(
                            "0.0.0.0/8",
                            "10.0.0.0/8",
                            "100.64.0.0/10",
                            "127.0.0.0/8",
                            "169.254.0.0/16",
                            "172.16.0.0/12",
                            "192.0.0.0/24",
                            "192.0.2.0/24",
                            "192.88.99.0/24",
                            "192.168.0.0/16",
                            "198.18.0.0/15",
                            "198.51.100.0/24",
                            "203.0.113.0/24",
                            "224.0.0.0/3",
                            "2001::/23",
                            "2001:db8::/32",
                            "2002::/16",
                            "3fff::/20")
                    .map(Network::parse)
                    .toList();

    /** All that is given out of IPv6 so far. */
    private static final Network GLOBAL_IPV6 = Network.parse("2000::/3");

    private PublicAddress() {}

    static boolean is(InetAddress address) {
        return (!(address instanceof Inet6Address) || GLOBAL_IPV6.contains(address))
                && SPECIAL.stream().noneMatch(network -> network.contains(address));
    }
}
