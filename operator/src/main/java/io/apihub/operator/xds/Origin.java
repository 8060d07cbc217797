package io.apihub.operator.xds;

import java.net.URI;

/**
 * Where an upstream listens.
 *
 * @param host name or address, IPv6 without brackets
 * @param port 1 to 65535
 */
public record Origin(boolean tls, String host, int port) {

    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    /**
     * Creates an origin.
     *
     * @throws IllegalArgumentException if the port is out of range or the host is empty
     */
    public Origin {
        if (host.isEmpty() || port < 1 || port > 65535) {
            throw new IllegalArgumentException("not an origin: " + host + ":" + port);
        }
    }

    /**
     * Reads {@code http(s)://host[:port]}.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static Origin of(String url) {
        URI uri = URI.create(url);
        boolean tls = "https".equalsIgnoreCase(uri.getScheme());
        if (!tls && !"http".equalsIgnoreCase(uri.getScheme())) {
            throw new IllegalArgumentException("the scheme must be http or https: " + url);
        }
        String host = uri.getHost();
        if (host == null) {
            throw new IllegalArgumentException("no host in " + url);
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : tls ? HTTPS : HTTP;
        return new Origin(tls, host.replaceAll("^\\[|\\]$", ""), port);
    }

    /** What the Host header says: the port only where it is not the scheme's own. */
    public String authority() {
        String name = host.contains(":") ? "[" + host + "]" : host;
        return port == (tls ? HTTPS : HTTP) ? name : name + ":" + port;
    }
}
