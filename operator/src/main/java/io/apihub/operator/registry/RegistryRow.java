package io.apihub.operator.registry;

import io.apihub.policy.v1.ApiKey;
import io.apihub.policy.v1.Model;
import io.apihub.policy.v1.PriceBook;
import io.apihub.policy.v1.Quota;
import io.apihub.policy.v1.Tenant;
import java.time.Instant;
import java.util.UUID;

/**
 * One row as its reconciler wants it: the message that gateways get, and what only the registry
 * needs. Rows of a lower generation than the stored one are ignored.
 */
public sealed interface RegistryRow {

    RegistryKey key();

    /** {@code metadata.generation} of the resource; 0 for models. */
    long generation();

    /** Whether this row takes something away, so that it must not queue behind bulk changes. */
    default boolean revokes() {
        return false;
    }

    /**
     * A tenant; refused if another one has its namespace.
     *
     * @param creditLimitMicros what the balance may go below zero by, micro-units, 0 or more
     */
    record TenantRow(UUID uid, long generation, Tenant policy, long creditLimitMicros)
            implements RegistryRow {
        @Override
        public RegistryKey key() {
            return new RegistryKey(RegistryKind.TENANT, uid);
        }

        @Override
        public boolean revokes() {
            return policy.getSuspended();
        }
    }

    /**
     * A key; refused if another one of its tenant has its id, if a digest was retired, or if the
     * tenant has its fill.
     *
     * @param createdAt when the resource was made
     * @param maxKeys live keys that the tenant may have; a key that is in already stays
     */
    record ApiKeyRow(
            long generation, String namespace, ApiKey policy, Instant createdAt, int maxKeys)
            implements RegistryRow {
        @Override
        public RegistryKey key() {
            return new RegistryKey(RegistryKind.API_KEY, Uuids.fromBytes(policy.getUid()));
        }

        @Override
        public boolean revokes() {
            return policy.getDisabled();
        }
    }

    /** A quota with the limits that are enforced. */
    record QuotaRow(long generation, Quota policy) implements RegistryRow {
        @Override
        public RegistryKey key() {
            return new RegistryKey(RegistryKind.QUOTA, Uuids.fromBytes(policy.getUid()));
        }
    }

    /** A model that some Upstream serves. */
    record ModelRow(Model policy) implements RegistryRow {
        @Override
        public RegistryKey key() {
            return RegistryKey.model(policy.getName());
        }

        @Override
        public long generation() {
            return 0;
        }
    }

    /**
     * A price book; version and {@code inForceFrom} of the message are assigned at acceptance.
     * Refused if an accepted one has the same {@code effectiveFrom} and other prices.
     */
    record PriceBookRow(long generation, PriceBook policy, Instant effectiveFrom)
            implements RegistryRow {
        @Override
        public RegistryKey key() {
            return new RegistryKey(RegistryKind.PRICE_BOOK, Uuids.fromBytes(policy.getUid()));
        }
    }
}
