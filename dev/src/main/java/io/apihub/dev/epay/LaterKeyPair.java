package io.apihub.dev.epay;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An RSA pair that is made when it is first asked for: that takes a second of a fresh process. */
final class LaterKeyPair implements Supplier<KeyPair> {

    private static final int BITS = 2048;

    private @Nullable KeyPair pair;

    @Override
    public synchronized KeyPair get() {
        var made = pair;
        if (made == null) {
            made = make();
            pair = made;
        }
        return made;
    }

    private static KeyPair make() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(BITS);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has RSA", e);
        }
    }
}
