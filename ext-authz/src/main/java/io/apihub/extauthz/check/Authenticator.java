package io.apihub.extauthz.check;

import io.apihub.extauthz.error.Denial;
import io.apihub.extauthz.error.Reason;
import io.apihub.extauthz.key.DigestWords;
import io.apihub.extauthz.key.KeyFacts;
import io.apihub.extauthz.key.Network;
import io.apihub.extauthz.key.RareFacts;
import io.apihub.extauthz.policy.PolicySnapshot;
import io.apihub.extauthz.policy.TenantPolicy;
import io.apihub.model.key.ApiKeySecret;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds out who calls, and whether they may call at all, now and from there. */
final class Authenticator {

    static final Denial UNKNOWN_KEY =
            Denial.of(Reason.UNKNOWN_KEY, "Incorrect API key provided. It is unknown or revoked.");

    private static final Denial SUSPENDED =
            Denial.of(
                    Reason.TENANT_SUSPENDED, "This account is suspended. Ask your administrator.");
    private static final Denial DISABLED =
            Denial.of(Reason.KEY_DISABLED, "This API key is disabled.");
    private static final Denial EXPIRED =
            Denial.of(Reason.KEY_EXPIRED, "This API key has expired.");
    private static final Denial EARLY =
            Denial.of(Reason.KEY_NOT_YET_VALID, "This API key is not valid yet.");
    private static final Denial ELSEWHERE =
            Denial.of(
                    Reason.ADDRESS_NOT_ALLOWED,
                    "This API key may not be used from your network address.");

    private final InstantSource clock;

    Authenticator(InstantSource clock) {
        this.clock = clock;
    }

    /** The answer to "who is it". */
    sealed interface Answer {}

    record Accepted(Caller caller) implements Answer {}

    record Rejected(Denial denial) implements Answer {}

    Answer authenticate(HttpRequest request, PolicySnapshot policy) {
        return switch (Credential.of(request)) {
            case Credential.Refused(Denial denial) -> new Rejected(denial);
            case Credential.Presented(ApiKeySecret secret) -> identify(secret, request, policy);
        };
    }

    private Answer identify(ApiKeySecret secret, HttpRequest request, PolicySnapshot policy) {
        long now = clock.millis();
        var key =
                policy.keys()
                        .find(
                                secret.id().value(),
                                ordinal -> digest(secret, policy.tenant(ordinal)),
                                now);
        var tenant = key == null ? null : policy.tenant(key.tenant());
        if (key == null || tenant == null) {
            return new Rejected(UNKNOWN_KEY);
        }
        var denial = refusal(tenant, key, request, now);
        return denial == null ? new Accepted(new Caller(tenant, key)) : new Rejected(denial);
    }

    private static @Nullable DigestWords digest(
            ApiKeySecret secret, @Nullable TenantPolicy tenant) {
        return tenant == null
                ? null
                : DigestWords.of(ByteBuffer.wrap(secret.digest(tenant.name()).toBytes()));
    }

    private static @Nullable Denial refusal(
            TenantPolicy tenant, KeyFacts key, HttpRequest request, long now) {
        if (tenant.suspended()) {
            return SUSPENDED;
        }
        if (key.disabled()) {
            return DISABLED;
        }
        if (key.expiresAtMillis() != 0 && now >= key.expiresAtMillis()) {
            return EXPIRED;
        }
        var rare = key.rare();
        return rare == null ? null : rareRefusal(rare, request, now);
    }

    private static @Nullable Denial rareRefusal(RareFacts rare, HttpRequest request, long now) {
        if (now < rare.notBeforeMillis()) {
            return EARLY;
        }
        boolean fits =
                rare.allowedNetworks().isEmpty()
                        || anyContains(rare.allowedNetworks(), request.clientAddress());
        return fits ? null : ELSEWHERE;
    }

    private static boolean anyContains(List<Network> networks, String address) {
        byte[] bytes;
        try {
            bytes = Network.addressBytes(address);
        } catch (IllegalArgumentException e) {
            return false;
        }
        for (var network : networks) {
            if (network.contains(bytes)) {
                return true;
            }
        }
        return false;
    }
}
