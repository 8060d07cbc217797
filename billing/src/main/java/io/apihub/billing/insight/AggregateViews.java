package io.apihub.billing.insight;

import io.apihub.billing.account.Keys;
import io.apihub.billing.account.Tenant;
import io.apihub.billing.account.Tenants;
import io.apihub.billing.usage.UsageAggregates.Sum;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Sums as REST shows them, with the names of tenants and keys. */
@Component
class AggregateViews {

    private final Tenants tenants;
    private final Keys keys;

    AggregateViews(Tenants tenants, Keys keys) {
        this.tenants = tenants;
        this.keys = keys;
    }

    List<Aggregate> of(List<Sum> sums) {
        var tenantNames =
                tenants.findAll(ids(sums, Sum::tenantId)).values().stream()
                        .collect(Collectors.toMap(Tenant::id, Tenant::name));
        var keyNames = keys.names(ids(sums, Sum::keyUid));
        return sums.stream().map(sum -> view(sum, tenantNames, keyNames)).toList();
    }

    private static Set<UUID> ids(List<Sum> sums, Function<Sum, @Nullable UUID> id) {
        return sums.stream().map(id).filter(Objects::nonNull).collect(Collectors.toSet());
    }

    private static Aggregate view(
            Sum sum, Map<UUID, String> tenantNames, Map<UUID, String> keyNames) {
        var tenantId = sum.tenantId();
        var keyUid = sum.keyUid();
        return new Aggregate(
                sum.bucket(),
                tenantId == null ? null : tenantId.toString(),
                tenantId == null ? null : tenantNames.get(tenantId),
                keyUid == null ? null : keyUid.toString(),
                keyUid == null ? null : keyNames.get(keyUid),
                sum.model(),
                sum.requests(),
                sum.failedRequests(),
                sum.estimatedRequests(),
                new UsageView.Tokens(
                        sum.inputTokens(),
                        sum.cachedInputTokens(),
                        sum.cacheWriteTokens(),
                        sum.cacheWrite1hTokens(),
                        sum.outputTokens(),
                        sum.reasoningTokens()),
                sum.cost().toDecimal(),
                String.valueOf(sum.cost().micros()));
    }
}
