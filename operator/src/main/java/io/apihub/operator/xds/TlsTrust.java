package io.apihub.operator.xds;

import java.util.Optional;

/**
 * Whom to trust behind an https origin.
 *
 * @param caPem certificates in PEM; empty means the gateway's system authorities
 * @param serverName the name to ask for and to verify; empty means the origin's host
 */
public record TlsTrust(Optional<String> caPem, Optional<String> serverName) {

    /** The system's authorities and the origin's own name. */
    public static final TlsTrust SYSTEM = new TlsTrust(Optional.empty(), Optional.empty());
}
