package io.apihub.billing.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.util.JSONObjectUtils;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import io.apihub.billing.settings.Oidc;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sends browsers to the provider, and gets what it says of who comes back. */
final class Exchange {

    /** Of public keys alone: whoever knows the client's secret must not sign for the provider. */
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256);

    private static final int MOST_GROUPS = 1_000;

    private final Oidc settings;
    private final OidcHttp http;
    private final Provider provider;
    private final URI callback;

    Exchange(Oidc settings, OidcHttp http, Provider provider, URI callback) {
        this.settings = settings;
        this.http = http;
        this.provider = provider;
        this.callback = callback;
    }

    /** Where the browser goes first. */
    URI authorization(Begun begun) throws OidcRefusal {
        return new AuthenticationRequest.Builder(
                        ResponseType.CODE,
                        Scope.parse(settings.scopes()),
                        new ClientID(settings.clientId()),
                        callback)
                .endpointURI(provider.metadata().getAuthorizationEndpointURI())
                .state(new State(begun.state()))
                .nonce(new Nonce(begun.nonce()))
                .codeChallenge(new CodeVerifier(begun.verifier()), CodeChallengeMethod.S256)
                .build()
                .toURI();
    }

    /** Whether an answer that says whose it is comes from our provider, and not another one. */
    void checkIssuer(@Nullable String issuer) throws OidcRefusal {
        boolean promised = provider.metadata().supportsAuthorizationResponseIssuerParam();
        if (issuer == null ? promised : !issuer.equals(settings.issuer().toString())) {
            throw new OidcRefusal(OidcRefusal.Reason.PROVIDER, "the answer is not of our provider");
        }
    }

    /** What the provider says of who brought the code. */
    Claims redeem(String code, Begun begun) throws OidcRefusal {
        try {
            var request =
                    new TokenRequest.Builder(
                                    provider.metadata().getTokenEndpointURI(),
                                    authentication(),
                                    new AuthorizationCodeGrant(
                                            new AuthorizationCode(code),
                                            callback,
                                            new CodeVerifier(begun.verifier())))
                            .build();
            var tokens =
                    OIDCTokenResponse.parse(
                                    JSONObjectUtils.parse(http.post(request.toHTTPRequest())))
                            .getOIDCTokens();
            if (!(tokens.getIDToken() instanceof SignedJWT idToken)) {
                throw new OidcRefusal(OidcRefusal.Reason.PROVIDER, "the ID token is not signed");
            }
            var claims = verified(idToken, new Nonce(begun.nonce()));
            return claims(withUserInfo(claims, tokens.getAccessToken().getValue()));
        } catch (ParseException | IllegalArgumentException e) {
            throw new OidcRefusal(OidcRefusal.Reason.PROVIDER, "no tokens: " + e.getMessage(), e);
        }
    }

    private ClientAuthentication authentication() throws OidcRefusal {
        var id = new ClientID(settings.clientId());
        var secret = new Secret(settings.clientSecret());
        var methods = provider.metadata().getTokenEndpointAuthMethods();
        return methods == null || methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                ? new ClientSecretBasic(id, secret)
                : new ClientSecretPost(id, secret);
    }

    /** Signature, issuer, audience, times and nonce. */
    private Map<String, Object> verified(SignedJWT idToken, Nonce nonce) throws OidcRefusal {
        var header = idToken.getHeader();
        if (!ALGORITHMS.contains(header.getAlgorithm())) {
            throw new OidcRefusal(
                    OidcRefusal.Reason.PROVIDER,
                    "the ID token is signed by " + header.getAlgorithm());
        }
        try {
            return new IDTokenValidator(
                            new Issuer(settings.issuer()),
                            new ClientID(settings.clientId()),
                            header.getAlgorithm(),
                            provider.keys(header.getKeyID()))
                    .validate(idToken, nonce)
                    .toJSONObject();
        } catch (BadJOSEException | JOSEException e) {
            throw new OidcRefusal(
                    OidcRefusal.Reason.PROVIDER, "the ID token is no good: " + e.getMessage(), e);
        }
    }

    /** Some providers say the rest only when they are asked. */
    private Map<String, Object> withUserInfo(Map<String, Object> claims, String token)
            throws OidcRefusal, ParseException {
        var endpoint = provider.metadata().getUserInfoEndpointURI();
        boolean all = claims.containsKey("email") && claims.containsKey(settings.groupsClaim());
        if (all || endpoint == null) {
            return claims;
        }
        var more = JSONObjectUtils.parse(http.get(endpoint, token));
        if (!String.valueOf(claims.get("sub")).equals(more.get("sub"))) {
            throw new OidcRefusal(OidcRefusal.Reason.PROVIDER, "userinfo is of somebody else");
        }
        var merged = new HashMap<String, Object>(more);
        merged.putAll(claims);
        return merged;
    }

    private Claims claims(Map<String, Object> all) {
        return new Claims(
                settings.issuer().toString(),
                String.valueOf(all.get("sub")),
                text(all.get("email")),
                Boolean.TRUE.equals(all.get("email_verified")),
                text(all.get("name")),
                groups(all.get(settings.groupsClaim())));
    }

    private static @Nullable String text(@Nullable Object claim) {
        return claim instanceof String text ? text : null;
    }

    private static Set<String> groups(@Nullable Object claim) {
        return switch (claim) {
            case String one -> Set.of(one);
            case List<?> several ->
                    several.stream()
                            .filter(String.class::isInstance)
                            .map(String.class::cast)
                            .limit(MOST_GROUPS)
                            .collect(Collectors.toSet());
            case null, default -> Set.of();
        };
    }
}
