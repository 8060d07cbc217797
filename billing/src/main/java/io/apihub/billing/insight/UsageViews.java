package io.apihub.billing.insight;

import io.apihub.billing.account.Keys;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.account.Tenants;
import io.apihub.billing.usage.UsageEntry;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Records as REST shows them: two look-ups for the names, however many there are. */
@Component
class UsageViews {

    private final Tenants tenants;
    private final Keys keys;

    UsageViews(Tenants tenants, Keys keys) {
        this.tenants = tenants;
        this.keys = keys;
    }

    /** For administrators. */
    List<UsageView> of(List<UsageEntry> entries) {
        return of(entries, true);
    }

    /** For tenants, whom it is not told where the platform buys. */
    List<UsageView> ofTenant(List<UsageEntry> entries) {
        return of(entries, false);
    }

    private List<UsageView> of(List<UsageEntry> entries, boolean upstream) {
        var names =
                tenants
                        .findAll(
                                entries.stream()
                                        .map(entry -> entry.subject().tenantId())
                                        .collect(Collectors.toSet()))
                        .values()
                        .stream()
                        .collect(Collectors.toMap(Tenant::id, Tenant::name));
        var keyNames =
                keys.names(
                        entries.stream()
                                .map(entry -> entry.subject().keyUid())
                                .collect(Collectors.toSet()));
        var context = new UsageView.Context(names, keyNames, upstream);
        return entries.stream().map(entry -> UsageView.of(entry, context)).toList();
    }
}
