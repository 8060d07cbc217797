package io.apihub.billing.settings;

/**
 * An address to listen on.
 *
 * @param port 0 to 65535; 0 takes a free one
 */
public record Listen(String host, int port) {

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
