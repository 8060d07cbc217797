package io.apihub.extauthz.key;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A range of IPv4 or IPv6 addresses in CIDR notation. An IPv4 address mapped into IPv6 counts as
 * IPv4.
 */
public final class Network {

    private final byte[] prefix;
    private final int bits;

    private Network(byte[] prefix, int bits) {
        this.prefix = prefix;
        this.bits = bits;
    }

    /**
     * Parses {@code 10.0.0.0/8}, {@code 2001:db8::/32} or a single address.
     *
     * @throws IllegalArgumentException if it is anything else; a name is never resolved
     */
    public static Network parse(String cidr) {
        int slash = cidr.indexOf('/');
        var address = addressBytes(slash < 0 ? cidr : cidr.substring(0, slash));
        int width = address.length * 8;
        int bits = slash < 0 ? width : Integer.parseInt(cidr.substring(slash + 1));
        if (bits < 0 || bits > width) {
            throw new IllegalArgumentException("not a network: " + cidr);
        }
        return new Network(address, bits);
    }

    /**
     * Reads a literal address.
     *
     * @throws IllegalArgumentException if it is a name or no address at all
     */
    public static byte[] addressBytes(String literal) {
        boolean numeric =
                literal.indexOf(':') >= 0
                        || (!literal.isEmpty()
                                && literal.chars().allMatch(c -> c == '.' || isDigit(c)));
        if (!numeric) {
            throw new IllegalArgumentException("not an address: " + literal);
        }
        try {
            return InetAddress.getByName(literal).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not an address: " + literal, e);
        }
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /** Whether an address, as {@link #addressBytes} gives it, lies in this range. */
    public boolean contains(byte[] address) {
        if (address.length != prefix.length) {
            return false;
        }
        int whole = bits / 8;
        for (int i = 0; i < whole; i++) {
            if (address[i] != prefix[i]) {
                return false;
            }
        }
        int rest = bits % 8;
        int mask = 0xff << (8 - rest);
        return rest == 0 || ((address[whole] ^ prefix[whole]) & mask & 0xff) == 0;
    }
}
