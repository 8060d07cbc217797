package io.apihub.billing.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.apihub.billing.settings.Oidc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/** A provider that lies. */
class ExchangeTest {

    private static final String SECRET = "a secret that is long enough to sign with HS256";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final RSAKey KEY = rsa();
    private static final RSAKey ANOTHER = rsa();

    private final Begun begun =
            new Begun("s".repeat(43), "n".repeat(43), "v".repeat(43), "/", Instant.MAX);
    private final AtomicInteger elsewhere = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(1);
    private HttpServer server;
    private String issuer;
    private Lie lie = Lie.NONE;

    /** What is wrong with the provider's answer. */
    enum Lie {
        NONE,
        NO_SIGNATURE,
        SIGNED_WITH_OUR_SECRET,
        SIGNED_BY_ANOTHER,
        FOR_ANOTHER_CLIENT,
        OF_ANOTHER_ISSUER,
        EXPIRED,
        FROM_THE_FUTURE,
        OF_ANOTHER_LOG_IN,
        WITHOUT_NONCE,
        USER_INFO_OF_ANOTHER,
        CALLS_ITSELF_ANOTHER,
        TOKENS_ELSEWHERE,
        TOKENS_IN_CLEAR,
        KEYS_ON_THE_INSIDE,
        REDIRECTS_ELSEWHERE,
        TALKS_FOR_EVER,
        STALLS
    }

    private static RSAKey rsa() {
        try {
            return new RSAKeyGenerator(2048).keyID("k").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer = "http://127.0.0.1:" + server.getAddress().getPort();
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        ended.countDown();
        server.stop(0);
    }

    private Exchange exchange() {
        var settings =
                new Oidc(
                        URI.create(issuer),
                        "hub",
                        SECRET,
                        List.of("openid"),
                        "groups",
                        Set.of(),
                        List.of(),
                        Set.of(),
                        false,
                        Set.of(),
                        true);
        // Nobody waits for what does not come; for what does, as long as it takes.
        var http =
                lie == Lie.STALLS
                        ? new OidcHttp(settings, Duration.ofMillis(300))
                        : new OidcHttp(settings);
        return new Exchange(
                settings,
                http,
                new Provider(settings, http, InstantSource.system()),
                URI.create("https://hub.example.com/callback"));
    }

    @Test
    void whoSpeaksTheTruthIsBelieved() throws Exception {
        var claims = exchange().redeem("code", begun);

        assertThat(claims)
                .isEqualTo(
                        new Claims(issuer, "jo", "jo@example.com", true, null, Set.of("a", "b")));
    }

    @ParameterizedTest
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void whoLiesIsNot(Lie told) {
        lie = told;

        assertThatThrownBy(() -> exchange().redeem("code", begun))
                .isInstanceOfSatisfying(
                        OidcRefusal.class,
                        refusal ->
                                assertThat(refusal.reason()).isEqualTo(OidcRefusal.Reason.PROVIDER))
                .message()
                .doesNotContain(SECRET);
        assertThat(elsewhere).as("requests that were lured away").hasValue(0);
    }

    private void answer(HttpExchange request) throws IOException {
        try (request) {
            request.getRequestBody().readAllBytes();
            switch (request.getRequestURI().getPath()) {
                case "/.well-known/openid-configuration" -> send(request, metadata());
                case "/keys" -> send(request, new JWKSet(KEY.toPublicJWK()).toString());
                case "/token" -> tokens(request);
                case "/me" ->
                        send(
                                request,
                                JSON.writeValueAsString(
                                        Map.of(
                                                "sub",
                                                lie == Lie.USER_INFO_OF_ANOTHER ? "al" : "jo",
                                                "email",
                                                "jo@example.com",
                                                "email_verified",
                                                true,
                                                "groups",
                                                List.of("a", "b", 7))));
                default -> {
                    elsewhere.incrementAndGet();
                    send(request, "{}");
                }
            }
        }
    }

    private String metadata() {
        var host = "http://127.0.0.1:" + server.getAddress().getPort();
        return JSON.writeValueAsString(
                Map.of(
                        "issuer",
                        lie == Lie.CALLS_ITSELF_ANOTHER ? "https://other.example" : issuer,
                        "authorization_endpoint",
                        host + "/authorize",
                        "token_endpoint",
                        switch (lie) {
                            case TOKENS_ELSEWHERE -> "https://other.example/token";
                            case TOKENS_IN_CLEAR -> "http://other.example/token";
                            default -> host + "/token";
                        },
                        "jwks_uri",
                        lie == Lie.KEYS_ON_THE_INSIDE
                                ? "http://169.254.169.254/keys"
                                : host + "/keys",
                        "userinfo_endpoint",
                        host + "/me",
                        "subject_types_supported",
                        List.of("public"),
                        "response_types_supported",
                        List.of("code"),
                        "id_token_signing_alg_values_supported",
                        List.of("RS256")));
    }

    private void tokens(HttpExchange request) throws IOException {
        switch (lie) {
            case REDIRECTS_ELSEWHERE -> {
                request.getResponseHeaders().add("Location", issuer + "/elsewhere");
                request.sendResponseHeaders(307, -1);
            }
            case TALKS_FOR_EVER -> send(request, "x".repeat(400_000));
            case STALLS -> stall(request);
            default ->
                    send(
                            request,
                            JSON.writeValueAsString(
                                    Map.of(
                                            "access_token", "t",
                                            "token_type", "Bearer",
                                            "id_token", idToken())));
        }
    }

    /** The beginning of an answer, and no more until the test is over. */
    private void stall(HttpExchange request) throws IOException {
        request.sendResponseHeaders(200, 0);
        request.getResponseBody().write('{');
        request.getResponseBody().flush();
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String idToken() {
        var now = Instant.now();
        var claims =
                new JWTClaimsSet.Builder()
                        .issuer(lie == Lie.OF_ANOTHER_ISSUER ? "https://other.example" : issuer)
                        .subject("jo")
                        .audience(lie == Lie.FOR_ANOTHER_CLIENT ? "other" : "hub")
                        .issueTime(
                                Date.from(
                                        lie == Lie.FROM_THE_FUTURE
                                                ? now.plus(Duration.ofMinutes(10))
                                                : now.minus(Duration.ofMinutes(20))))
                        .expirationTime(
                                Date.from(
                                        lie == Lie.EXPIRED
                                                ? now.minus(Duration.ofMinutes(5))
                                                : now.plus(Duration.ofMinutes(20))))
                        .claim(
                                "nonce",
                                switch (lie) {
                                    case OF_ANOTHER_LOG_IN -> "x".repeat(43);
                                    case WITHOUT_NONCE -> null;
                                    default -> begun.nonce();
                                })
                        .build();
        try {
            return signed(claims);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private String signed(JWTClaimsSet claims) throws JOSEException {
        if (lie == Lie.NO_SIGNATURE) {
            return new PlainJWT(claims).serialize();
        }
        var secret = SECRET.getBytes(StandardCharsets.UTF_8);
        boolean symmetric = lie == Lie.SIGNED_WITH_OUR_SECRET;
        var jwt =
                new SignedJWT(
                        new JWSHeader.Builder(symmetric ? JWSAlgorithm.HS256 : JWSAlgorithm.RS256)
                                .keyID("k")
                                .build(),
                        claims);
        jwt.sign(
                symmetric
                        ? new MACSigner(secret)
                        : new RSASSASigner(lie == Lie.SIGNED_BY_ANOTHER ? ANOTHER : KEY));
        return jwt.serialize();
    }

    private static void send(HttpExchange request, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        request.sendResponseHeaders(200, bytes.length);
        request.getResponseBody().write(bytes);
    }
}
