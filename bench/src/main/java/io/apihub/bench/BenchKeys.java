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

    static final String TENANT = "bench";
    static final ByteString TENANT_ID = uid(1, 1);

    /** Spreads the numbers over the id space, as random ids would be. */
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    private static final long IDS = 839_299_365_868_340_224L;

    private BenchKeys() {}

    static ApiKeySecret secret(int number) {
        var id = new KeyId(Long.remainderUnsigned((number + 1) * SPREAD, IDS));
        return ApiKeySecret.mint(id, new Random(number));
    }

    static ApiKey policy(int number) {
        var secret = secret(number);
        return ApiKey.newBuilder()
                .setUid(uid(2, number))
                .setTenantId(TENANT_ID)
                .setKeyId(secret.id().value())
                .setName("key-" + number)
                .addDigests(
                        Digest.newBuilder()
                                .setSha256(ByteString.copyFrom(secret.digest(TENANT).toBytes())))
                .build();
    }

    static ByteString uid(long high, long low) {
        return ByteString.copyFrom(ByteBuffer.allocate(16).putLong(high).putLong(low).array());
    }
}
