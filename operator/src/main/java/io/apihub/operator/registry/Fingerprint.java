package io.apihub.operator.registry;

import com.google.protobuf.Message;
import io.apihub.operator.registry.RegistryRow.ApiKeyRow;
import io.apihub.operator.registry.RegistryRow.ModelRow;
import io.apihub.operator.registry.RegistryRow.PriceBookRow;
import io.apihub.operator.registry.RegistryRow.QuotaRow;
import io.apihub.operator.registry.RegistryRow.TenantRow;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Tells a changed row from an unchanged one: SHA-256 over all that a row makes the database hold.
 */
final class Fingerprint {

    private Fingerprint() {}

    static byte[] of(RegistryRow row) {
        return switch (row) {
            case TenantRow tenant -> hash(tenant.policy(), tenant.creditLimitMicros());
            case ApiKeyRow key -> hash(key.policy(), key.namespace().hashCode());
            case QuotaRow quota -> hash(quota.policy(), 0);
            case ModelRow model -> hash(model.policy(), 0);
            case PriceBookRow book -> hash(book.policy(), book.effectiveFrom().toEpochMilli());
        };
    }

    private static byte[] hash(Message policy, long beside) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(beside).flip());
            return sha256.digest(policy.toByteArray());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
