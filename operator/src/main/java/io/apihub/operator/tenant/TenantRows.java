package io.apihub.operator.tenant;

import io.apihub.crd.v1alpha1.Tenant;
import io.apihub.model.money.Credits;
import io.apihub.model.price.PriceFactor;
import io.apihub.operator.limit.Limits;
import io.apihub.operator.registry.RegistryRow.TenantRow;
import io.apihub.operator.registry.Uuids;
import io.apihub.policy.v1.BillingMode;
import java.util.UUID;

/** A Tenant as a row. */
final class TenantRows {

    private TenantRows() {}

    /**
     * The row.
     *
     * @throws IllegalArgumentException if an amount is no amount, with a message for the user
     */
    static TenantRow of(Tenant tenant) {
        var metadata = tenant.getMetadata();
        var spec = tenant.getSpec();
        var uid = UUID.fromString(metadata.getUid());
        var creditLimit = Credits.parse(spec.billing().creditLimit());
        if (creditLimit.isNegative()) {
            throw new IllegalArgumentException("spec.billing.creditLimit must be 0 or more");
        }
        var policy =
                io.apihub.policy.v1.Tenant.newBuilder()
                        .setTenantId(Uuids.toBytes(uid))
                        .setName(metadata.getName())
                        .setNamespace(spec.namespace())
                        .setSuspended(spec.suspended())
                        .setBillingMode(mode(spec.billing().mode()))
                        .setClamp(spec.billing().clamp())
                        .setPriceFactorMillionths(
                                PriceFactor.parse(spec.billing().priceFactor()).millionths())
                        .addAllAllowedModels(spec.allowedModels())
                        .addAllLimits(Limits.of(spec.limits()))
                        .build();
        return new TenantRow(uid, metadata.getGeneration(), policy, creditLimit.micros());
    }

    private static BillingMode mode(Tenant.BillingMode mode) {
        return switch (mode) {
            case PREPAID -> BillingMode.BILLING_MODE_PREPAID;
            case POSTPAID -> BillingMode.BILLING_MODE_POSTPAID;
            case UNMETERED -> BillingMode.BILLING_MODE_UNMETERED;
        };
    }
}
