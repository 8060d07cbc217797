package io.apihub.dev.epay;

import java.security.KeyPair;
import java.util.Base64;
import java.util.function.Supplier;

/** The platform's one merchant. */
public final class Merchant {

    private final String pid;
    private final String key;
    private final Supplier<KeyPair> own;
    private final Supplier<KeyPair> platform;

    /**
     * A merchant with given keys.
     *
     * @param key signs version 1
     * @param own the merchant's pair: signs what the merchant sends in version 2
     * @param platform the platform's pair: signs what the platform sends
     */
    public Merchant(String pid, String key, KeyPair own, KeyPair platform) {
        this(pid, key, () -> own, () -> platform);
    }

    private Merchant(String pid, String key, Supplier<KeyPair> own, Supplier<KeyPair> platform) {
        this.pid = pid;
        this.key = key;
        this.own = own;
        this.platform = platform;
    }

    /** One with new RSA keys, which are made when version 2 is first spoken. */
    public static Merchant of(String pid, String key) {
        return new Merchant(pid, key, new LaterKeyPair(), new LaterKeyPair());
    }

    public String pid() {
        return pid;
    }

    public String key() {
        return key;
    }

    public KeyPair own() {
        return own.get();
    }

    public KeyPair platform() {
        return platform.get();
    }

    /** As the merchant's configuration wants it: PKCS #8 in Base64. */
    public String privateKey() {
        return Base64.getEncoder().encodeToString(own().getPrivate().getEncoded());
    }

    /** As the merchant's configuration wants it: X.509 in Base64. */
    public String platformPublicKey() {
        return Base64.getEncoder().encodeToString(platform().getPublic().getEncoded());
    }

    @Override
    public String toString() {
        return "Merchant[" + pid + "]";
    }
}
