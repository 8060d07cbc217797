package io.apihub.billing.admin;

import io.apihub.billing.access.TenantLookup;
import io.apihub.billing.account.Keys;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.Parameters;
import io.apihub.billing.usage.UsageFilter;
import io.apihub.model.key.KeyId;
import java.util.UUID;
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
        var from = Parameters.time("from", query.from());
        var to = Parameters.time("to", query.to());
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
}
