package io.apihub.operator.upstream;

import java.util.Optional;

/** The Secrets that Upstreams may use: labelled ones of the operator's own namespace. */
@FunctionalInterface
interface UpstreamSecrets {

    String LABEL = "apihub.io/upstream-credential";

    /** One entry as text; empty if there is no such Secret, label or entry. */
    Optional<String> entry(String secret, String key);
}
