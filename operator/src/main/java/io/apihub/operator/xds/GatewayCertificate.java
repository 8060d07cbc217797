package io.apihub.operator.xds;

import java.security.PublicKey;

/**
 * What Envoy shows to clients.
 *
 * @param chain PEM, the certificate first
 * @param key PEM
 */
public record GatewayCertificate(String chain, String key) {

    /**
     * Takes what Envoy would take: a gateway that is told of a broken one serves nobody after its
     * next start.
     *
     * @throws IllegalArgumentException with words that fit after the Secret's name, and nothing of
     *     the key, if there is no certificate, no key, or the two do not belong together
     */
    public GatewayCertificate {
        PublicKey certified = Pem.certificates(chain).getFirst().getPublicKey();
        KeyPairs.requireOne(certified, Pem.key(key, bare -> KeyPairs.wrap(certified, bare)));
    }

    /** Whether it was made of these texts. */
    public boolean isOf(String otherChain, String otherKey) {
        return chain.equals(otherChain) && key.equals(otherKey);
    }

    @Override
    public String toString() {
        return "***";
    }
}
