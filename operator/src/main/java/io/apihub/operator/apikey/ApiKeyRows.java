package io.apihub.operator.apikey;

import io.apihub.crd.v1alpha1.ApiKey;
import io.apihub.crd.v1alpha1.Tenant;
import io.apihub.operator.apikey.KeyMaterial.Known;
import io.apihub.operator.registry.RegistryRow.ApiKeyRow;
import io.apihub.operator.registry.Uuids;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An ApiKey as a row. */
final class ApiKeyRows {

    private ApiKeyRows() {}

    static ApiKeyRow of(ApiKey key, Tenant tenant, Known material) {
        var metadata = key.getMetadata();
        var spec = key.getSpec();
        var policy =
                io.apihub.policy.v1.ApiKey.newBuilder()
                        .setUid(Uuids.toBytes(UUID.fromString(metadata.getUid())))
                        .setTenantId(Uuids.toBytes(UUID.fromString(tenant.getMetadata().getUid())))
                        .setName(metadata.getName())
                        .setKeyId(material.id().value())
                        .addAllDigests(material.digests())
                        .setDisabled(spec.disabled())
                        .setNotBeforeMillis(millis(spec.notBefore()))
                        .setExpiresAtMillis(millis(Activity.expiresAt(key, tenant)))
                        .addAllAllowedModels(spec.allowedModels())
                        .addAllAllowedCidrs(spec.allowedCidrs())
                        .build();
        return new ApiKeyRow(
                metadata.getGeneration(),
                metadata.getNamespace(),
                policy,
                Activity.createdAt(key),
                tenant.getSpec().keys().max());
    }

    private static long millis(@Nullable Instant instant) {
        return instant == null ? 0 : instant.toEpochMilli();
    }
}
