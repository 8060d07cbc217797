package io.apihub.operator.apikey;

import io.apihub.crd.v1alpha1.ApiKey;
import io.apihub.crd.v1alpha1.Tenant;
import io.apihub.operator.status.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a key is let in, as the clock and its owners want it. Gateways decide by themselves at
 * every request; this only says it.
 *
 * @param active the condition
 * @param expiresAt the instant from which the key is refused; null for never
 * @param changesAt when the clock alone will change the condition
 */
record Activity(Observation active, @Nullable Instant expiresAt, Optional<Instant> changesAt) {

    private static final String TYPE = "Active";

    static Activity of(ApiKey key, Tenant tenant, Instant now) {
        var expiresAt = expiresAt(key, tenant);
        var notBefore = key.getSpec().notBefore();
        if (expiresAt != null && !now.isBefore(expiresAt)) {
            var expired = Observation.no(TYPE, "Expired", "expired at " + expiresAt);
            return new Activity(expired, expiresAt, Optional.empty());
        }
        boolean early = notBefore != null && now.isBefore(notBefore);
        var next = Optional.ofNullable(early ? notBefore : expiresAt);
        if (key.getSpec().disabled()) {
            var no = Observation.no(TYPE, "Disabled", "spec.disabled is true");
            return new Activity(no, expiresAt, next);
        }
        if (tenant.getSpec().suspended()) {
            var no = Observation.no(TYPE, "TenantSuspended", "the tenant is suspended");
            return new Activity(no, expiresAt, next);
        }
        if (early) {
            var no = Observation.no(TYPE, "NotYetValid", "valid from " + notBefore);
            return new Activity(no, expiresAt, next);
        }
        return new Activity(Observation.yes(TYPE, "Active", ""), expiresAt, next);
    }

    /** The earlier of what the key says and what the tenant's {@code maxTtl} allows. */
    static @Nullable Instant expiresAt(ApiKey key, Tenant tenant) {
        var own = key.getSpec().expiresAt();
        var maxTtl = tenant.getSpec().keys().maxTtl();
        if (maxTtl == null) {
            return own;
        }
        var cap = createdAt(key).plus(maxTtl.toDuration());
        return own == null || cap.isBefore(own) ? cap : own;
    }

    static Instant createdAt(ApiKey key) {
        return Instant.parse(key.getMetadata().getCreationTimestamp());
    }

    /** How long the condition holds by itself. */
    Optional<Duration> holdsFor(Instant now) {
        // A millisecond more, or a timer that is early finds the old state once more.
        return changesAt.map(at -> Duration.between(now, at).plusMillis(1));
    }
}
