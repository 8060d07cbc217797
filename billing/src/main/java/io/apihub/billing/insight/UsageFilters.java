package io.apihub.billing.insight;

import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.account.Keys;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.Parameters;
import io.apihub.billing.usage.UsageFilter;
import io.apihub.model.key.KeyId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads the parameters that all usage endpoints have. */
@Component
class UsageFilters {

    private static final Duration LONGEST = Duration.ofDays(400);

    private final TenantLookup tenants;
    private final Keys keys;
    private final InstantSource clock;

    UsageFilters(TenantLookup tenants, Keys keys, InstantSource clock) {
        this.tenants = tenants;
        this.keys = keys;
        this.clock = clock;
    }

    /** A filter over all tenants, or over the one that the query names. */
    UsageFilter filter(UsageQuery query) {
        var from = Parameters.time("from", query.from());
        var to = Parameters.time("to", query.to());
        requireOrder(from, to);
        return new UsageFilter(
                query.tenant() == null ? null : tenants.find(query.tenant()).id(),
                query.key() == null ? null : key(query.key()),
                query.model(),
                from,
                to);
    }

    /**
     * A filter within one tenant, with both times.
     *
     * @param otherwise how long the span is where the query says no beginning
     */
    UsageFilter filter(String tenant, SpanQuery query, Duration otherwise) {
        return spanned(tenant, query, otherwise, UsageFilter.Traits.ANY);
    }

    /** A filter within one tenant by all that records tell, with both times. */
    UsageFilter filter(String tenant, RecordQuery query) {
        return spanned(tenant, query.span(), Duration.ofDays(31), Traits.of(query));
    }

    private UsageFilter spanned(
            String tenant, SpanQuery query, Duration otherwise, UsageFilter.Traits traits) {
        var end = Parameters.time("to", query.to());
        var to = end == null ? clock.instant() : end;
        var begin = Parameters.time("from", query.from());
        var from = begin == null ? to.minus(otherwise) : begin;
        requireOrder(from, to);
        if (Duration.between(from, to).compareTo(LONGEST) > 0) {
            throw new Refused(Problem.invalid("from", "Must be at most 400 days before 'to'."));
        }
        var id = tenants.find(tenant).id();
        var key = query.key();
        return new UsageFilter(
                id, key == null ? null : key(id, key), query.model(), from, to, traits);
    }

    private static void requireOrder(@Nullable Instant from, @Nullable Instant to) {
        if (from != null && to != null && !from.isBefore(to)) {
            throw new Refused(Problem.invalid("to", "Must be later than 'from'."));
        }
    }

    private UUID key(UUID tenant, String text) {
        return Objects.requireNonNullElseGet(
                uid(text), () -> keys.withId(tenant, keyId(text)).orElseThrow(() -> unknown(text)));
    }

    private UUID key(String text) {
        return Objects.requireNonNullElseGet(
                uid(text),
                () ->
                        keys.withId(keyId(text)).stream()
                                .findFirst()
                                .orElseThrow(() -> unknown(text)));
    }

    /** Null if it is too short for a uid. */
    private static @Nullable UUID uid(String text) {
        try {
            return text.length() == KeyId.LENGTH ? null : UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw invalidKey();
        }
    }

    private static KeyId keyId(String text) {
        try {
            return KeyId.parse(text);
        } catch (IllegalArgumentException e) {
            throw invalidKey();
        }
    }

    private static Refused invalidKey() {
        return new Refused(
                Problem.invalid(
                        "key",
                        "Must be a key's public id of ten characters, or the uid of its ApiKey."));
    }

    private static Refused unknown(String text) {
        return new Refused(Problem.notFound("No key has the id '" + text + "'."));
    }
}
