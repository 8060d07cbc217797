package io.apihub.billing.oidc;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import io.apihub.billing.settings.Oidc;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** What the provider says of itself: read when it is needed, and again after a while. */
final class Provider {

    private static final Duration GOOD_FOR = Duration.ofHours(1);

    /** Somebody who invents key ids must not make us ask for keys each time. */
    private static final Duration NO_SOONER = Duration.ofSeconds(30);

    private final Oidc settings;
    private final OidcHttp http;
    private final InstantSource clock;
    private @Nullable OIDCProviderMetadata metadata;
    private Instant readAt = Instant.MIN;
    private @Nullable JWKSet keys;
    private Instant keysReadAt = Instant.MIN;

    Provider(Oidc settings, OidcHttp http, InstantSource clock) {
        this.settings = settings;
        this.http = http;
        this.clock = clock;
    }

    /** Its endpoints, each checked. */
    synchronized OIDCProviderMetadata metadata() throws OidcRefusal {
        var known = metadata;
        if (known == null || isOlder(readAt, GOOD_FOR)) {
            known = read();
            metadata = known;
            readAt = clock.instant();
        }
        return known;
    }

    private OIDCProviderMetadata read() throws OidcRefusal {
        var issuer = settings.issuer().toString();
        var base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
        try {
            var read =
                    OIDCProviderMetadata.parse(
                            http.get(URI.create(base + "/.well-known/openid-configuration"), null));
            if (!read.getIssuer().getValue().equals(issuer)) {
                throw new OidcRefusal(
                        OidcRefusal.Reason.PROVIDER,
                        "the provider calls itself " + read.getIssuer() + ", not " + issuer);
            }
            http.checked(read.getAuthorizationEndpointURI());
            http.checked(read.getTokenEndpointURI());
            http.checked(read.getJWKSetURI());
            if (read.getUserInfoEndpointURI() != null) {
                http.checked(read.getUserInfoEndpointURI());
            }
            return read;
        } catch (ParseException e) {
            throw new OidcRefusal(
                    OidcRefusal.Reason.PROVIDER, "the provider's configuration is none", e);
        }
    }

    /** Its keys, read anew when one is missing. */
    synchronized JWKSet keys(@Nullable String keyId) throws OidcRefusal {
        var known = keys;
        boolean missing = known == null || (keyId != null && known.getKeyByKeyId(keyId) == null);
        if (known == null
                || isOlder(keysReadAt, GOOD_FOR)
                || (missing && isOlder(keysReadAt, NO_SOONER))) {
            try {
                known = JWKSet.parse(http.get(metadata().getJWKSetURI(), null));
            } catch (java.text.ParseException e) {
                throw new OidcRefusal(
                        OidcRefusal.Reason.PROVIDER, "the provider's keys are none", e);
            }
            keys = known;
            keysReadAt = clock.instant();
        }
        return known;
    }

    /** A clock that went back makes everything old. */
    private boolean isOlder(Instant since, Duration age) {
        var now = clock.instant();
        return since.equals(Instant.MIN) || now.isBefore(since) || !now.isBefore(since.plus(age));
    }
}
