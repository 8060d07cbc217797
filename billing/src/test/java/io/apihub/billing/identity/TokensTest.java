package io.apihub.billing.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.billing.access.Caller;
import io.apihub.billing.settings.DatabaseLogin;
import io.apihub.billing.settings.Listen;
import io.apihub.billing.settings.Payments;
import io.apihub.billing.settings.Settings;
import io.apihub.billing.settings.Webhooks;
import io.apihub.billing.testing.TestSettings;
import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwks;
import io.jsonwebtoken.security.Keys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TokensTest {

    private static final Instant NOW = Instant.parse("2026-11-23T00:00:00Z");
    private static final Caller ADMIN = Caller.administrator("admin");

    @TempDir private Path folder = Path.of("");
    private Instant now = NOW;
    private final InstantSource clock = () -> now;
    private Settings settings = settings(Path.of(""));

    @BeforeEach
    void ownFolder() {
        settings = settings(folder);
    }

    private static Settings settings(Path folder) {
        var login = new DatabaseLogin("u", "p");
        var free = new Listen("127.0.0.1", 0);
        return new Settings(
                new Settings.Database("jdbc:postgresql://none/none", login, login),
                new Settings.Listeners(free, free, free),
                "CNY",
                folder.resolve("key"),
                folder.resolve("token"),
                new Settings.Safety(true, Duration.ofMinutes(61)),
                null,
                TestSettings.identity(folder),
                TestSettings.MANY,
                null,
                null,
                Payments.NONE,
                Webhooks.PUBLIC);
    }

    private SigningKeys keys() {
        return new SigningKeys(settings, clock);
    }

    @Test
    void aMintedTokenWorksUntilItExpiresAndAfterARestart() {
        var token = new Tokens(keys(), clock).mint(ADMIN, Duration.ofHours(1));
        var restarted = new Tokens(keys(), clock);

        assertThat(restarted.verify(token))
                .map(Tokens.Valid::caller)
                .contains(ADMIN.until(NOW.plus(Duration.ofHours(1))));
        now = NOW.plus(Duration.ofMinutes(62));
        assertThat(restarted.verify(token)).isEmpty();
    }

    @Test
    void keyAndTokenAreForTheirOwnerOnly() throws IOException {
        var tokens = new Tokens(keys(), clock);
        new FirstToken(settings, tokens, clock);

        for (var file : List.of(settings.jwtKeyFile(), settings.adminTokenFile())) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
        try (var files = Files.list(folder)) {
            assertThat(files).as("no temporary file is left").hasSize(2);
        }
    }

    @Test
    void theFirstTokenIsKeptWhileItIsGoodAndRenewedInTime() throws IOException {
        var tokens = new Tokens(keys(), clock);
        var first = new FirstToken(settings, tokens, clock);
        var minted = Files.readString(settings.adminTokenFile());

        first.keep();
        var kept = Files.readString(settings.adminTokenFile());
        now = NOW.plus(Duration.ofHours(13));
        first.keep();
        var renewed = Files.readString(settings.adminTokenFile());

        assertThat(kept).isEqualTo(minted);
        assertThat(renewed).isNotEqualTo(minted);
        assertThat(tokens.verify(renewed.strip())).isPresent();
    }

    @Test
    void aTokenFileFromAnotherKeyIsReplaced() throws IOException {
        Files.writeString(settings.adminTokenFile(), "not-a-token");
        var tokens = new Tokens(keys(), clock);

        new FirstToken(settings, tokens, clock);

        assertThat(tokens.verify(Files.readString(settings.adminTokenFile()).strip())).isPresent();
    }

    static Stream<Arguments> forgeries() {
        return Stream.of(
                forgery("no expiry", jwt -> jwt.expiration(null)),
                forgery("expired", jwt -> jwt.expiration(Date.from(NOW.minusSeconds(60)))),
                forgery("another issuer", jwt -> jwt.issuer("somebody")),
                forgery("no issuer", jwt -> jwt.issuer(null)),
                forgery("another type", jwt -> jwt.header().type("JWT").and()),
                forgery("no type", jwt -> jwt.header().type(null).and()),
                forgery("another key id", jwt -> jwt.header().keyId("other").and()),
                forgery("no key id", jwt -> jwt.header().keyId(null).and()),
                forgery("a path", jwt -> jwt.header().keyId("../../../dev/null").and()),
                forgery("SQL", jwt -> jwt.header().keyId("' OR '1'='1").and()),
                forgery(
                        "a header nobody knows that must be understood",
                        jwt -> jwt.header().add("crit", List.of("x")).add("x", 1).and()),
                forgery("compressed", jwt -> jwt.compressWith(Jwts.ZIP.DEF)),
                forgery("no subject", jwt -> jwt.subject(null)),
                forgery("an empty subject", jwt -> jwt.subject("  ")));
    }

    private static Arguments forgery(String what, UnaryOperator<JwtBuilder> change) {
        return Arguments.of(what, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forgeries")
    void whatIsSignedButWrongIsRefused(String what, UnaryOperator<JwtBuilder> change) {
        var keys = keys();
        var key = keys.current();
        var tokens = new Tokens(keys, clock);

        var forged = change.apply(valid(key)).signWith(key.privateKey(), Jwts.SIG.EdDSA).compact();

        assertThat(tokens.verify(forged)).as(what).isEmpty();
    }

    @Test
    void theForgeriesAreOneChangeAwayFromAGoodToken() {
        var keys = keys();
        var key = keys.current();

        var good = valid(key).signWith(key.privateKey(), Jwts.SIG.EdDSA).compact();

        assertThat(new Tokens(keys, clock).verify(good)).isPresent();
    }

    @Test
    void anotherAudienceIsRefused() {
        var keys = keys();
        var key = keys.current();
        var forged =
                valid(key)
                        .audience()
                        .clear()
                        .add("apihub-user")
                        .and()
                        .signWith(key.privateKey(), Jwts.SIG.EdDSA)
                        .compact();

        assertThat(new Tokens(keys, clock).verify(forged)).isEmpty();
    }

    @Test
    void otherAlgorithmsAreRefusedWhateverTheHeaderSays() {
        var keys = keys();
        var key = keys.current();
        var tokens = new Tokens(keys, clock);
        var publicBytes = key.publicKey().getEncoded();

        var unsigned = valid(key).compact();
        var symmetric =
                valid(key)
                        .signWith(Keys.hmacShaKeyFor(publicBytes.clone()), Jwts.SIG.HS256)
                        .compact();
        var strangers =
                valid(key)
                        .signWith(Jwts.SIG.EdDSA.keyPair().build().getPrivate(), Jwts.SIG.EdDSA)
                        .compact();

        assertThat(tokens.verify(unsigned)).isEmpty();
        assertThat(tokens.verify(symmetric)).isEmpty();
        assertThat(tokens.verify(strangers)).isEmpty();
    }

    @Test
    void aTokenBringsNoKeyOfItsOwn() {
        var keys = keys();
        var stranger = Jwts.SIG.EdDSA.keyPair().build();
        var brought =
                valid(keys.current())
                        .header()
                        .add("jwk", Jwks.builder().octetKeyPair(stranger).build().toPublicJwk())
                        .add("jku", "https://attacker.example/keys")
                        .and()
                        .signWith(stranger.getPrivate(), Jwts.SIG.EdDSA)
                        .compact();

        assertThat(new Tokens(keys, clock).verify(brought)).isEmpty();
    }

    @Test
    void aTokenWithOneChangedByteIsRefused() {
        var tokens = new Tokens(keys(), clock);
        var token = tokens.mint(ADMIN, Duration.ofHours(1));

        for (int i = 0; i < token.length() - 1; i++) {
            var changed = new StringBuilder(token);
            changed.setCharAt(i, token.charAt(i) == 'A' ? 'B' : 'A');
            assertThat(tokens.verify(changed.toString())).as("byte %s", i).isEmpty();
        }
    }

    @Test
    void thePublishedKeyIsPublic() {
        var published = keys().current().published();

        assertThat(published).containsEntry("crv", "Ed25519").doesNotContainKey("d");
        assertThat(Base64.getUrlDecoder().decode(String.valueOf(published.get("x")))).hasSize(32);
    }

    @Test
    void aKeyFileThatHoldsNoKeyStopsTheStart() throws IOException {
        Files.writeString(settings.jwtKeyFile(), "{}", StandardCharsets.UTF_8);

        assertThatThrownBy(this::keys)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("APIHUB_JWT_KEY_FILE");
    }

    static JwtBuilder valid(SigningKey key) {
        return Jwts.builder()
                .header()
                .type("apihub-admin+jwt")
                .keyId(key.id())
                .and()
                .issuer("apihub-billing")
                .audience()
                .add("apihub-admin")
                .and()
                .subject("admin")
                .expiration(Date.from(NOW.plusSeconds(600)));
    }
}
