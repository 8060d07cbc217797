package io.apihub.billing.admin;

import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.account.Keys;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.usage.UsageFilter;
import io.apihub.model.key.KeyId;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads the parameters that all usage endpoints have. */
@Component
class UsageFilters {

    private final TenantLookup tenants;
    private final Keys keys;

    UsageFilters(TenantLookup tenants, Keys keys) {
        this.tenants = tenants;
        this.keys = keys;
    }

    UsageFilter filter(UsageQuery query) {
        var from = time("from", query.from());
        var to = time("to", query.to());
        if (from != null && to != null && !from.isBefore(to)) {
            throw new Refused(Problem.invalid("to", "Must be later than 'from'."));
        }
        return new UsageFilter(
                query.tenant() == null ? null : tenants.find(query.tenant()).id(),
                query.key() == null ? null : key(query.key()),
                query.model(),
                from,
                to);
    }

    private UUID key(String text) {
        try {
            return text.length() == KeyId.LENGTH
                    ? keys.withId(KeyId.parse(text)).stream()
                            .findFirst()
                            .orElseThrow(() ->
                                    new Refused(
                                            Problem.notFound("No key has the id '" + text + "'.")))
                    : UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new Refused(
                    Problem.invalid(
                            "key",
                            "Must be a key's public id of ten characters, or the uid of its"
                                    + " ApiKey."));
        }
    }

    static @Nullable Instant time(String parameter, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new Refused(
                    Problem.invalid(
                            parameter,
                            "Must be a time as RFC 3339 writes it, such as"
                                    + " 2026-11-23T08:00:00Z."));
        }
    }
}
