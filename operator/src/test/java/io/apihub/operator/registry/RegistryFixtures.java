package io.apihub.operator.registry;

import com.google.protobuf.ByteString;
import io.apihub.operator.registry.RegistryRow.ApiKeyRow;
import io.apihub.operator.registry.RegistryRow.ModelRow;
import io.apihub.operator.registry.RegistryRow.PriceBookRow;
import io.apihub.operator.registry.RegistryRow.TenantRow;
import io.apihub.policy.v1.ApiKey;
import io.apihub.policy.v1.BillingMode;
import io.apihub.policy.v1.Digest;
import io.apihub.policy.v1.Model;
import io.apihub.policy.v1.Price;
import io.apihub.policy.v1.PriceBook;
import io.apihub.policy.v1.Route;
import io.apihub.policy.v1.Tenant;
import java.time.Instant;
import java.util.UUID;

/** Rows for tests. */
public final class RegistryFixtures {

    public static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");

    private RegistryFixtures() {}

    public static TenantRow tenant(UUID uid, String name, long generation, boolean suspended) {
        return new TenantRow(
                uid,
                generation,
                Tenant.newBuilder()
                        .setTenantId(Uuids.toBytes(uid))
                        .setName(name)
                        .setNamespace(name)
                        .setSuspended(suspended)
                        .setBillingMode(BillingMode.BILLING_MODE_PREPAID)
                        .setPriceFactorMillionths(1_000_000)
                        .build(),
                0);
    }

    public static ApiKeyRow key(UUID tenant, UUID uid, String name, long keyId) {
        return key(tenant, uid, name, keyId, digest(keyId), 1);
    }

    /** A key in namespace {@code acme}. */
    public static ApiKeyRow key(
            UUID tenant, UUID uid, String name, long keyId, ByteString digest, long generation) {
        return new ApiKeyRow(
                generation,
                "acme",
                ApiKey.newBuilder()
                        .setUid(Uuids.toBytes(uid))
                        .setTenantId(Uuids.toBytes(tenant))
                        .setName(name)
                        .setKeyId(keyId)
                        .addDigests(Digest.newBuilder().setSha256(digest))
                        .build(),
                CREATED,
                1_000_000);
    }

    /** 32 bytes that differ by {@code seed}. */
    public static ByteString digest(long seed) {
        return Uuids.toBytes(new UUID(seed, 1)).concat(Uuids.toBytes(new UUID(seed, 2)));
    }

    public static ModelRow model(String name, long contextTokens) {
        return new ModelRow(
                Model.newBuilder()
                        .setName(name)
                        .setContextTokens(contextTokens)
                        .addRoutes(Route.newBuilder().setProtocol("OpenAIChat").setPool("p1"))
                        .build());
    }

    public static PriceBookRow book(UUID uid, String name, Instant from, long input) {
        return new PriceBookRow(
                1,
                PriceBook.newBuilder()
                        .setUid(Uuids.toBytes(uid))
                        .setName(name)
                        .setCurrency("CNY")
                        .addPrices(Price.newBuilder().setModel("*").setInput(input))
                        .build(),
                from);
    }
}
