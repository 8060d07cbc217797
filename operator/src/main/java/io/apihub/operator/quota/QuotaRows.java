package io.apihub.operator.quota;

import io.apihub.crd.v1alpha1.Quota;
import io.apihub.crd.v1alpha1.Tenant;
import io.apihub.operator.limit.Limits;
import io.apihub.operator.registry.RegistryRow.QuotaRow;
import io.apihub.operator.registry.Uuids;
import java.time.ZoneId;
import java.util.UUID;

/** A Quota as a row. */
final class QuotaRows {

    private QuotaRows() {}

    /**
     * The row.
     *
     * @throws IllegalArgumentException if the spec can't be put in force, with a message for the
     *     user
     */
    static QuotaRow of(Quota quota, Tenant tenant, KeySelection keys) {
        var metadata = quota.getMetadata();
        var spec = quota.getSpec();
        var policy =
                io.apihub.policy.v1.Quota.newBuilder()
                        .setUid(Uuids.toBytes(UUID.fromString(metadata.getUid())))
                        .setTenantId(Uuids.toBytes(UUID.fromString(tenant.getMetadata().getUid())))
                        .setNamespace(metadata.getNamespace())
                        .setName(metadata.getName())
                        .setPer(per(spec.per()))
                        .setMode(mode(spec.mode()))
                        .setTimeZone(zone(spec.timeZone()))
                        .addAllLimits(Limits.of(spec.limits()))
                        .setAllKeys(keys.all());
        keys.uids().forEach(uid -> policy.addKeyUids(Uuids.toBytes(uid)));
        return new QuotaRow(metadata.getGeneration(), policy.build());
    }

    /** As written; the schema lets names through that have the shape of a zone's. */
    private static String zone(String name) {
        if (!ZoneId.getAvailableZoneIds().contains(name)) {
            throw new IllegalArgumentException(
                    "spec.timeZone: there is no time zone '%s'; write an IANA name such as Asia/Shanghai"
                            .formatted(name));
        }
        return name;
    }

    private static io.apihub.policy.v1.Quota.Per per(Quota.Per per) {
        return switch (per) {
            case TARGET -> io.apihub.policy.v1.Quota.Per.PER_TARGET;
            case KEY -> io.apihub.policy.v1.Quota.Per.PER_KEY;
        };
    }

    private static io.apihub.policy.v1.Quota.Mode mode(Quota.Mode mode) {
        return switch (mode) {
            case ENFORCE -> io.apihub.policy.v1.Quota.Mode.MODE_ENFORCE;
            case SHADOW -> io.apihub.policy.v1.Quota.Mode.MODE_SHADOW;
        };
    }
}
