package io.apihub.extauthz.policy;

import com.google.protobuf.ByteString;
import io.apihub.extauthz.quota.Quota;
import io.apihub.model.price.ModelPattern;
import io.apihub.model.price.PriceFactor;
import java.util.List;

/**
 * One customer.
 *
 * @param id 16 bytes, as ledger and usage name the tenant
 * @param name part of every key's digest
 * @param unmetered takes no lease, but is rated and counted
 * @param allowedModels empty = all
 * @param quotas the tenant's own limits first
 */
public record TenantPolicy(
        ByteString id,
        String name,
        boolean suspended,
        boolean unmetered,
        PriceFactor priceFactor,
        List<ModelPattern> allowedModels,
        List<Quota> quotas) {

    public TenantPolicy {
        allowedModels = List.copyOf(allowedModels);
        quotas = List.copyOf(quotas);
    }
}
