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
    private final UserNames users;

    AggregateViews(Tenants tenants, Keys keys, UserNames users) {
        this.tenants = tenants;
        this.keys = keys;
        this.users = users;
    }

    List<Aggregate> of(List<Sum> sums) {
        var tenantNames =
                tenants.findAll(ids(sums, Sum::tenantId)).values().stream()
                        .collect(Collectors.toMap(Tenant::id, Tenant::name));
        var keyNames = keys.names(ids(sums, Sum::keyUid));
        var userNames = users.of(ids(sums, Sum::user));
        return sums.stream().map(sum -> view(sum, tenantNames, keyNames, userNames)).toList();
    }

    private static <T> Set<T> ids(List<Sum> sums, Function<Sum, @Nullable T> id) {
        return sums.stream().map(id).filter(Objects::nonNull).collect(Collectors.toSet());
    }

    private static Aggregate view(
            Sum sum,
            Map<UUID, String> tenantNames,
            Map<UUID, String> keyNames,
            Map<String, String> userNames) {
        var tenantId = sum.tenantId();
        var keyUid = sum.keyUid();
        var user = sum.user();
        return new Aggregate(
                sum.bucket(),
                tenantId == null ? null : tenantId.toString(),
                tenantId == null ? null : tenantNames.get(tenantId),
                keyUid == null ? null : keyUid.toString(),
                keyUid == null ? null : keyNames.get(keyUid),
                sum.model(),
                user,
                user == null ? null : userNames.get(user),
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
