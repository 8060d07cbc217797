package io.apihub.extauthz.policy;

import com.google.protobuf.ByteString;
import io.apihub.extauthz.quota.TenantLimits;
import io.apihub.model.price.ModelPattern;
import io.apihub.model.price.PriceFactor;
import java.util.List;

/**
 * One customer.
 *
 * @param id 16 bytes, as ledger and usage name the tenant
 * @param name part of every key's digest
 * @param unmetered takes no lease, but is rated and counted
 * @param clamp whether a request may be made smaller to fit what is left
 * @param allowedModels empty = all
 */
public record TenantPolicy(
        ByteString id,
        String name,
        boolean suspended,
        boolean unmetered,
        boolean clamp,
        PriceFactor priceFactor,
        List<ModelPattern> allowedModels,
        TenantLimits limits) {

    public TenantPolicy {
        allowedModels = List.copyOf(allowedModels);
    }
}
