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

    /** Of sums over all tenants: a quarter of a year. */
    private static final Duration LONGEST_OF_ALL = Duration.ofDays(92);

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
     * The same with both times, for what reads all of the span.
     *
     * @param otherwise how long the span is where the query says no beginning
     */
    UsageFilter filter(UsageQuery query, Duration otherwise) {
        var tenant = query.tenant();
        var span = span(query.from(), query.to(), otherwise);
        if (tenant == null && span.isLongerThan(LONGEST_OF_ALL)) {
            throw new Refused(
                    Problem.invalid(
                            "from",
                            "Must be at most "
                                    + LONGEST_OF_ALL.toDays()
                                    + " days before 'to' where no 'tenant' is named."));
        }
        return filter(query).within(span.from(), span.to());
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
        var span = span(query.from(), query.to(), otherwise);
        var id = tenants.find(tenant).id();
        var key = query.key();
        return new UsageFilter(
                id,
                key == null ? null : key(id, key),
                query.model(),
                span.from(),
                span.to(),
                traits);
    }

    private record Span(Instant from, Instant to) {

        boolean isLongerThan(Duration most) {
            return Duration.between(from, to).compareTo(most) > 0;
        }
    }

    private Span span(@Nullable String first, @Nullable String end, Duration otherwise) {
        var to = Objects.requireNonNullElseGet(Parameters.time("to", end), clock::instant);
        var from =
                Objects.requireNonNullElseGet(
                        Parameters.time("from", first), () -> to.minus(otherwise));
        requireOrder(from, to);
        var span = new Span(from, to);
        if (span.isLongerThan(LONGEST)) {
            throw new Refused(
                    Problem.invalid(
                            "from", "Must be at most " + LONGEST.toDays() + " days before 'to'."));
        }
        return span;
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
