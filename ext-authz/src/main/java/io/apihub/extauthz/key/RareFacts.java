package io.apihub.extauthz.key;

import io.apihub.model.price.ModelPattern;
import java.util.List;

/**
 * What only a few keys have; kept aside so that a million plain keys stay small.
 *
 * @param notBeforeMillis milliseconds since 1970; 0 = at once
 * @param allowedModels narrows the tenant's list; empty = no narrowing
 * @param allowedNetworks empty = any address
 * @param digestNotAfterMillis when the current digest ends; 0 = never
 * @param previousDigests older secrets that are still accepted
 */
public record RareFacts(
        long notBeforeMillis,
        List<ModelPattern> allowedModels,
        List<Network> allowedNetworks,
        long digestNotAfterMillis,
        List<PreviousDigest> previousDigests) {

    public RareFacts {
        allowedModels = List.copyOf(allowedModels);
        allowedNetworks = List.copyOf(allowedNetworks);
        previousDigests = List.copyOf(previousDigests);
    }

    /** A rotated-away secret, and its end (milliseconds since 1970; 0 = never). */
    public record PreviousDigest(DigestWords digest, long notAfterMillis) {

        boolean matches(DigestWords presented, long nowMillis) {
            return digest.sameAs(presented) && (notAfterMillis == 0 || nowMillis < notAfterMillis);
        }
    }
}
