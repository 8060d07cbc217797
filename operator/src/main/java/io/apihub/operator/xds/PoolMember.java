package io.apihub.operator.xds;

import java.util.Optional;

/**
 * One Upstream as an endpoint of a pool.
 *
 * @param upstream the resource's name
 * @param trust used for https origins only
 * @param credential empty only in pools without a credential header
 * @param share its part in the balancing
 */
public record PoolMember(
        String upstream,
        Origin origin,
        TlsTrust trust,
        Optional<Credential> credential,
        Share share) {

    /**
     * Its part in the balancing.
     *
     * @param priority lower first; any number, a pool ranks its members
     * @param weight share among equal priorities, 1 or more
     * @param drain no new requests
     */
    public record Share(int priority, int weight, boolean drain) {

        /**
         * Creates a share.
         *
         * @throws IllegalArgumentException if the weight is not positive
         */
        public Share {
            if (weight < 1) {
                throw new IllegalArgumentException("weight must be 1 or more: " + weight);
            }
        }
    }
}
