package io.apihub.billing.identity;

import io.apihub.billing.sealing.PrivateFile;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.security.Jwk;
import io.jsonwebtoken.security.Jwks;
import io.jsonwebtoken.security.OctetPrivateJwk;
import java.io.IOException;
import java.nio.file.Path;
import java.security.interfaces.EdECPrivateKey;
import java.util.Collection;
import java.util.List;

/**
 * The file that all signing keys are derived from: a private Ed25519 JWK, or a JWK Set of several
 * of which the first one signs and the rest are believed.
 */
final class KeyFile {

    private final List<byte[]> secrets;

    private KeyFile(List<byte[]> secrets) {
        this.secrets = List.copyOf(secrets);
    }

    /**
     * Reads the file; makes it with mode 0600 when absent.
     *
     * @throws IllegalStateException if it holds anything else
     */
    static KeyFile load(Path file) throws IOException {
        var text = PrivateFile.read(file);
        if (text == null) {
            text = PrivateFile.writeOnce(file, generate());
        }
        return new KeyFile(parse(text).stream().map(jwk -> secret(jwk, file)).toList());
    }

    private static byte[] secret(Jwk<?> jwk, Path file) {
        if (jwk instanceof OctetPrivateJwk<?, ?> pair
                && pair.toKey() instanceof EdECPrivateKey key
                && key.getParams().getName().equals("Ed25519")) {
            return key.getBytes().orElseThrow();
        }
        throw new IllegalStateException(
                "APIHUB_JWT_KEY_FILE " + file + " holds no private Ed25519 JWK");
    }

    private static Collection<Jwk<?>> parse(String text) {
        try {
            return text.contains("\"keys\"")
                    ? nonEmpty(
                            Jwks.setParser().ignoreUnsupported(false).build().parse(text).getKeys())
                    : List.of(Jwks.parser().build().parse(text));
        } catch (JwtException | IllegalArgumentException e) {
            throw new IllegalStateException("APIHUB_JWT_KEY_FILE holds no JWK", e);
        }
    }

    private static Collection<Jwk<?>> nonEmpty(Collection<Jwk<?>> keys) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("no key in the set");
        }
        return keys;
    }

    private static String generate() {
        var pair = Jwks.CRV.Ed25519.keyPair().build();
        return Jwks.UNSAFE_JSON(
                Jwks.builder().octetKeyPair(pair).idFromThumbprint().algorithm("EdDSA").build());
    }

    /** From the first one that signs to the last that is believed. */
    List<byte[]> secrets() {
        return secrets;
    }

    @Override
    public String toString() {
        return "***";
    }
}
