package io.apihub.billing.identity;

import io.apihub.billing.settings.Settings;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.security.Jwk;
import io.jsonwebtoken.security.Jwks;
import io.jsonwebtoken.security.OctetPrivateJwk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Map;
import org.springframework.stereotype.Component;

/** The Ed25519 key that signs tokens: a JWK in a file with mode 0600, made when absent. */
@Component
class SigningKey {

    private final PrivateKey privateKey;
    private final PublicKey publicKey;
    private final String id;
    private final Map<String, Object> published;

    SigningKey(Settings settings) {
        var jwk = load(settings.jwtKeyFile());
        this.privateKey = jwk.toKey();
        this.publicKey = jwk.toPublicJwk().toKey();
        this.id = jwk.getId();
        var shown = jwk.toPublicJwk();
        this.published =
                Map.of(
                        "kty",
                        shown.getType(),
                        "crv",
                        String.valueOf(shown.get("crv")),
                        "x",
                        String.valueOf(shown.get("x")),
                        "kid",
                        id,
                        "alg",
                        "EdDSA",
                        "use",
                        "sig");
    }

    private static OctetPrivateJwk<?, ?> load(Path file) {
        try {
            var text = PrivateFile.read(file);
            if (text == null) {
                text = generate();
                PrivateFile.write(file, text);
            }
            if (parse(text) instanceof OctetPrivateJwk<?, ?> jwk && jwk.getId() != null) {
                return jwk;
            }
            throw new IllegalStateException(
                    "APIHUB_JWT_KEY_FILE " + file + " holds no private Ed25519 JWK with a kid");
        } catch (IOException e) {
            throw new UncheckedIOException("APIHUB_JWT_KEY_FILE " + file, e);
        }
    }

    private static Jwk<?> parse(String text) {
        try {
            return Jwks.parser().build().parse(text);
        } catch (JwtException | IllegalArgumentException e) {
            throw new IllegalStateException("APIHUB_JWT_KEY_FILE holds no JWK", e);
        }
    }

    private static String generate() {
        var pair = Jwks.CRV.Ed25519.keyPair().build();
        return Jwks.UNSAFE_JSON(
                Jwks.builder().octetKeyPair(pair).idFromThumbprint().algorithm("EdDSA").build());
    }

    PrivateKey privateKey() {
        return privateKey;
    }

    PublicKey publicKey() {
        return publicKey;
    }

    String id() {
        return id;
    }

    /** The public half as a JSON Web Key. */
    Map<String, Object> published() {
        return published;
    }

    @Override
    public String toString() {
        return "***";
    }
}
