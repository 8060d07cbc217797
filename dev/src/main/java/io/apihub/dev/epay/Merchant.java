package io.apihub.dev.epay;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;

/**
 * The platform's one merchant.
 *
 * @param key signs version 1
 * @param own the merchant's pair: signs what the merchant sends in version 2
 * @param platform the platform's pair: signs what the platform sends
 */
public record Merchant(String pid, String key, KeyPair own, KeyPair platform) {

    private static final int BITS = 2048;

    /** One with new RSA keys. */
    public static Merchant of(String pid, String key) {
        return new Merchant(pid, key, pair(), pair());
    }

    static KeyPair pair() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(BITS);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has RSA", e);
        }
    }

    /** As the merchant's configuration wants it: PKCS #8 in Base64. */
    public String privateKey() {
        return Base64.getEncoder().encodeToString(own.getPrivate().getEncoded());
    }

    /** As the merchant's configuration wants it: X.509 in Base64. */
    public String platformPublicKey() {
        return Base64.getEncoder().encodeToString(platform.getPublic().getEncoded());
    }

    @Override
    public String toString() {
        return "Merchant[" + pid + "]";
    }
}
