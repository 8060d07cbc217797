package io.apihub.billing.settings;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** A range of addresses, IPv4 or IPv6. */
public final class Network {

    private static final Pattern LITERAL = Pattern.compile("[0-9a-fA-F:.]{2,45}");

    private final byte[] first;
    private final int prefix;

    private Network(byte[] first, int prefix) {
        this.first = first;
        this.prefix = prefix;
    }

    /**
     * Reads an address or a range such as {@code 10.0.0.0/8}.
     *
     * @throws IllegalArgumentException if it is none; names are never looked up
     */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        var first = address(slash < 0 ? text : text.substring(0, slash)).getAddress();
        int most = first.length * Byte.SIZE;
        int prefix = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
        if (prefix < 0 || prefix > most) {
            throw new IllegalArgumentException("no prefix length: " + text);
        }
        return new Network(first, prefix);
    }

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException if it is a name or nothing at all
     */
    public static InetAddress address(String literal) {
        boolean dotted = literal.indexOf(':') < 0;
        if (!LITERAL.matcher(literal).matches()
                || (dotted && !literal.matches("\\d{1,3}(\\.\\d{1,3}){3}"))) {
            throw new IllegalArgumentException("no IP address: " + literal);
        }
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("no IP address: " + literal, e);
        }
    }

    public boolean contains(InetAddress address) {
        var bytes = address.getAddress();
        if (bytes.length != first.length) {
            return false;
        }
        for (int bit = 0; bit < prefix; bit++) {
            int mask = 0x80 >> (bit % Byte.SIZE);
            if ((bytes[bit / Byte.SIZE] & mask) != (first[bit / Byte.SIZE] & mask)) {
                return false;
            }
        }
        return true;
    }
}
