package io.apihub.bench;

import com.google.protobuf.ByteString;
import io.apihub.model.key.ApiKeySecret;
import io.apihub.model.key.KeyId;
import io.apihub.policy.v1.ApiKey;
import io.apihub.policy.v1.Digest;
import java.nio.ByteBuffer;
import java.util.Random;

/** Keys that any process can make again from their number. */
final class BenchKeys {

    /** Spreads the numbers over the id space, as random ids would be. */
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    private static final long IDS = 839_299_365_868_340_224L;

    private BenchKeys() {}

    static ApiKeySecret secret(int number) {
        var id = new KeyId(Long.remainderUnsigned((number + 1) * SPREAD, IDS));
        return ApiKeySecret.mint(id, new Random(number));
    }

    static String tenant(int number) {
        return "bench-" + number;
    }

    static ByteString tenantId(int number) {
        return uid(1, number);
    }

    /**
     * @param tenants among whom the keys are dealt out
     */
    static ApiKey policy(int number, int tenants) {
        var secret = secret(number);
        int owner = number % tenants;
        return ApiKey.newBuilder()
                .setUid(uid(2, number))
                .setTenantId(tenantId(owner))
                .setKeyId(secret.id().value())
                .setName("key-" + number)
                .addDigests(
                        Digest.newBuilder()
                                .setSha256(
                                        ByteString.copyFrom(
                                                secret.digest(tenant(owner)).toBytes())))
                .build();
    }

    static ByteString uid(long high, long low) {
        return ByteString.copyFrom(ByteBuffer.allocate(16).putLong(high).putLong(low).array());
    }
}
