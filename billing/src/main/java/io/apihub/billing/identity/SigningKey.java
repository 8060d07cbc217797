package io.apihub.billing.identity;

import io.jsonwebtoken.security.Jwks;
import io.jsonwebtoken.security.OctetPrivateJwk;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Map;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * One Ed25519 key.
 *
 * @param id its RFC 7638 thumbprint
 */
record SigningKey(String id, PrivateKey privateKey, PublicKey publicKey) {

    private static final int BYTES = 32;

    /** The key of a period: always the same one for the same secret. */
    static SigningKey derive(byte[] secret, long period) {
        try {
            var seed =
                    KDF.getInstance("HKDF-SHA256")
                            .deriveData(
                                    HKDFParameterSpec.ofExtract()
                                            .addIKM(secret)
                                            .thenExpand(label(period), BYTES));
            return of(
                    KeyFactory.getInstance("Ed25519")
                            .generatePrivate(
                                    new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK from 25 has HKDF and Ed25519", e);
        }
    }

    private static byte[] label(long period) {
        return ("apihub jwt signing key " + period).getBytes(StandardCharsets.UTF_8);
    }

    private static SigningKey of(PrivateKey key) {
        // jjwt finds the public half.
        OctetPrivateJwk<PrivateKey, PublicKey> jwk =
                Jwks.builder().<PrivateKey, PublicKey>octetKey(key).idFromThumbprint().build();
        return new SigningKey(jwk.getId(), jwk.toKey(), jwk.toPublicJwk().toKey());
    }

    /** The public half as a JSON Web Key. */
    Map<String, Object> published() {
        var jwk = Jwks.builder().<PublicKey, PrivateKey>octetKey(publicKey).build();
        return Map.of(
                "kty",
                jwk.getType(),
                "crv",
                String.valueOf(jwk.get("crv")),
                "x",
                String.valueOf(jwk.get("x")),
                "kid",
                id,
                "alg",
                "EdDSA",
                "use",
                "sig");
    }

    @Override
    public String toString() {
        return "***";
    }
}
