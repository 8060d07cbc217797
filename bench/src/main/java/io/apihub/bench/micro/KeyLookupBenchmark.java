package io.apihub.bench.micro;

import io.apihub.extauthz.key.DigestWords;
import io.apihub.extauthz.key.KeyFacts;
import io.apihub.extauthz.key.KeyIndex;
import io.apihub.extauthz.key.KeyRow;
import io.apihub.model.key.ApiKeySecret;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From a key's text to its row: shape, checksum, look-up, digest. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KeyLookupBenchmark {

    private static final String TENANT = "acme";
    private static final int PRESENTED = 1 << 12;

    @Param({"1000", "1000000"})
    private int keys;

    private KeyIndex index = KeyIndex.EMPTY;
    private final String[] presented = new String[PRESENTED];
    private int next;

    @Setup
    public void load() {
        var random = new SplittableRandom(1);
        var rows = KeyIndex.EMPTY.change();
        for (int i = 0; i < keys; i++) {
            if (keys - i <= PRESENTED || i < Math.min(keys, PRESENTED)) {
                var secret = ApiKeySecret.mint(random);
                presented[i % PRESENTED] = secret.reveal();
                rows.put(row(secret.id().value(), i, digest(secret)));
            } else {
                rows.put(row(random.nextLong(1L << 59), i, new DigestWords(i, 1, 2, 3)));
            }
        }
        for (int i = keys; i < PRESENTED; i++) {
            presented[i] = presented[i % keys];
        }
        index = rows.build();
    }

    private static KeyRow row(long id, long uid, DigestWords digest) {
        return new KeyRow(id, 1, uid, 0, digest, false, 0, null, "key-" + id);
    }

    private static DigestWords digest(ApiKeySecret secret) {
        return DigestWords.of(ByteBuffer.wrap(secret.digest(TENANT).toBytes()));
    }

    @Benchmark
    public @Nullable KeyFacts find() {
        var secret = ApiKeySecret.parse(presented[next++ & (PRESENTED - 1)]).orElseThrow();
        return index.find(secret.id().value(), tenant -> digest(secret), 1);
    }
}
