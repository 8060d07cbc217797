package io.apihub.extauthz.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.apihub.extauthz.credit.LocalCredit;
import io.apihub.extauthz.key.DigestWords;
import io.apihub.policy.v1.Ack;
import io.apihub.policy.v1.ApiKey;
import io.apihub.policy.v1.Batch;
import io.apihub.policy.v1.Change;
import io.apihub.policy.v1.Digest;
import io.apihub.policy.v1.Kind;
import io.apihub.policy.v1.Model;
import io.apihub.policy.v1.Removed;
import io.apihub.policy.v1.Tenant;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a gateway knows after a restart. */
class PolicyFileTest {

    private static final Duration MAX_STALE = Duration.ofMinutes(10);
    private static final ByteString TENANT = uid(1, 1);

    @TempDir private Path directory;
    private final AtomicLong wallMillis = new AtomicLong(1_800_000_000_000L);

    /** Stands still, so that a slow machine makes no stream silent. */
    private final AtomicLong nanos = new AtomicLong(1_000_000_000_000L);

    private final ScriptedOperator operator = new ScriptedOperator();
    private Server server;
    private long worthCompacting = 1 << 20;

    @BeforeEach
    void start() throws Exception {
        server =
                InProcessServerBuilder.forName("policy-file")
                        .directExecutor()
                        .addService(operator)
                        .build()
                        .start();
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
    }

    @Test
    void aRestartServesWhatWasKnownThoughNoOperatorAnswers() throws Exception {
        live();
        server.shutdownNow();

        try (var gateway = new Gateway()) {
            assertThat(gateway.feed.isFresh()).isTrue();
            assertThat(gateway.knows(7)).isTrue();
            assertThat(gateway.knows(8)).as("removed by the second step").isFalse();
            var current = gateway.feed.current();
            assertThat(current.epoch()).isEqualTo("e1");
            assertThat(current.revision()).isEqualTo(6);
            assertThat(current.models()).containsOnlyKeys("a", "b");
        }
    }

    @Test
    void theOperatorIsAskedForTheDifferenceOnly() throws Exception {
        live();
        try (var gateway = new Gateway()) {
            operator.awaitHello("e1", 6);
            operator.send(batch(7, false, true, model("c")));
            assertThat(operator.awaitAck()).isEqualTo(ack(7));
            assertThat(gateway.feed.current().models()).containsOnlyKeys("a", "b", "c");
        }
        try (var gateway = new Gateway()) {
            assertThat(gateway.feed.current().models()).containsOnlyKeys("a", "b", "c");
        }
    }

    @Test
    void whatIsOlderThanMaxStaleLetsNobodyIn() throws Exception {
        live();
        wallMillis.addAndGet(MAX_STALE.toMillis() + 1_000);

        try (var gateway = new Gateway()) {
            assertThat(gateway.feed.isFresh()).isFalse();
            operator.awaitHello("e1", 6);
            operator.heartbeat("e1", 6);
            await(gateway.feed::isFresh);
        }
    }

    @Test
    void whatNobodyKnowsTheAgeOfLetsNobodyIn() throws Exception {
        live();
        Files.delete(directory.resolve("policy.seen"));

        try (var gateway = new Gateway()) {
            assertThat(gateway.feed.isFresh()).isFalse();
            operator.awaitHello("e1", 6);
        }
    }

    @Test
    void aClockThatWasSetBackLetsNobodyIn() throws Exception {
        live();
        wallMillis.addAndGet(-Duration.ofHours(1).toMillis());

        try (var gateway = new Gateway()) {
            assertThat(gateway.feed.isFresh()).isFalse();
        }
    }

    @Test
    void aDamagedFileIsIgnored() throws Exception {
        live();
        var file = directory.resolve("policy");
        var bytes = Files.readAllBytes(file);
        for (int at : new int[] {3, 12, 40, bytes.length - 3}) {
            var damaged = bytes.clone();
            damaged[at] ^= 0x20;
            Files.write(file, damaged);
            try (var gateway = new Gateway()) {
                assertThat(gateway.feed.current()).as("byte %d", at).isEqualTo(PolicySnapshot.NONE);
                assertThat(gateway.feed.isFresh()).isFalse();
                operator.awaitHello("", 0);
            }
        }
    }

    @Test
    void aStepThatWasNotWrittenToItsEndWasNeverAcknowledged() throws Exception {
        live();
        var file = directory.resolve("policy");
        var bytes = Files.readAllBytes(file);
        var torn = new byte[bytes.length + 20];
        System.arraycopy(bytes, 0, torn, 0, bytes.length);
        torn[bytes.length + 3] = 100;
        Files.write(file, torn);

        try (var gateway = new Gateway()) {
            assertThat(gateway.feed.current().revision()).isEqualTo(6);
            operator.awaitHello("e1", 6);
            operator.send(batch(7, false, true, model("c")));
            assertThat(operator.awaitAck()).isEqualTo(ack(7));
        }
        try (var gateway = new Gateway()) {
            assertThat(gateway.feed.current().revision()).isEqualTo(7);
        }
    }

    @Test
    void manyStepsMakeNoLargeFile() throws Exception {
        worthCompacting = 10_000;
        var expected = 0L;
        try (var gateway = new Gateway()) {
            operator.awaitHello("", 0);
            operator.send(batch(1, true, true, tenant(), key(0), key(1)));
            assertThat(operator.awaitAck()).isEqualTo(ack(1));
            for (int i = 2; i < 400; i++) {
                wallMillis.addAndGet(6_000);
                operator.send(batch(i, false, true, key(i % 20), removedKey((i + 10) % 20)));
                assertThat(operator.awaitAck()).isEqualTo(ack(i));
            }
            expected = gateway.knownKeys();
            operator.heartbeat("e1", 399);
            await(gateway.feed::isFresh);
        }

        assertThat(Files.size(directory.resolve("policy"))).isLessThan(25_000);
        try (var gateway = new Gateway()) {
            assertThat(gateway.feed.current().revision()).isEqualTo(399);
            assertThat(gateway.knownKeys()).isEqualTo(expected).isNotZero();
        }
    }

    @Test
    void itsOwnerAloneMayReadIt() throws Exception {
        live();
        var mode = Files.getPosixFilePermissions(directory.resolve("policy"));
        assertThat(PosixFilePermissions.toString(mode)).isEqualTo("rw-------");
    }

    @Test
    void aVolumeThatRefusesStopsNothing() throws Exception {
        Files.createDirectory(directory.resolve("policy.arriving"));
        Files.createFile(directory.resolve("policy.arriving").resolve("occupied"));

        try (var gateway = new Gateway()) {
            operator.awaitHello("", 0);
            operator.send(batch(5, true, true, tenant(), key(7)));
            assertThat(operator.awaitAck()).isEqualTo(ack(5));
            assertThat(gateway.knows(7)).isTrue();
        }
    }

    /** A life of a gateway: a snapshot, a step, a heartbeat. */
    private void live() throws Exception {
        try (var gateway = new Gateway()) {
            operator.awaitHello("", 0);
            operator.send(batch(5, true, false, tenant(), key(7)));
            operator.send(batch(5, true, true, key(8), model("a")));
            assertThat(operator.awaitAck()).isEqualTo(ack(5));
            operator.send(batch(6, false, false, model("b")));
            operator.send(batch(6, false, true, removedKey(8)));
            assertThat(operator.awaitAck()).isEqualTo(ack(6));
            operator.heartbeat("e1", 6);
            await(gateway.feed::isFresh);
        }
    }

    /** What comes in may be handled by the thread that has just acknowledged something. */
    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private final class Gateway implements AutoCloseable {

        private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        private final ManagedChannel channel =
                InProcessChannelBuilder.forName("policy-file").directExecutor().build();
        private final PolicyFile file =
                new PolicyFile(
                        directory, () -> Instant.ofEpochMilli(wallMillis.get()), worthCompacting);
        private final PolicyFeed feed;

        Gateway() {
            feed =
                    new PolicyFeed(
                            new PolicyFeed.Settings("gw-0", uid(0, 0), MAX_STALE),
                            new PolicyFeed.Surroundings(
                                    channel,
                                    nanos::get,
                                    timer,
                                    new LocalCredit(nanos::get),
                                    file,
                                    snapshot -> {}));
            feed.start();
        }

        boolean knows(int key) {
            return feed.current()
                            .keys()
                            .find(
                                    key,
                                    tenant -> DigestWords.of(ByteBuffer.wrap(digest(key))),
                                    wallMillis.get())
                    != null;
        }

        /** A bit for each of the first 20 keys. */
        long knownKeys() {
            long known = 0;
            for (int key = 0; key < 20; key++) {
                known |= knows(key) ? 1L << key : 0;
            }
            return known;
        }

        @Override
        public void close() {
            feed.close();
            file.close();
            channel.shutdownNow();
            timer.shutdownNow();
        }
    }

    private static Ack ack(long revision) {
        return Ack.newBuilder().setEpoch("e1").setRevision(revision).build();
    }

    private static Batch batch(
            long revision, boolean snapshot, boolean complete, Change... changes) {
        var batch =
                Batch.newBuilder()
                        .setEpoch("e1")
                        .setRevision(revision)
                        .setSnapshot(snapshot)
                        .setComplete(complete);
        for (var change : changes) {
            batch.addChanges(change);
        }
        return batch.build();
    }

    private static Change tenant() {
        var tenant =
                Tenant.newBuilder()
                        .setTenantId(TENANT)
                        .setName("acme")
                        .setPriceFactorMillionths(1_000_000);
        return Change.newBuilder().setTenant(tenant).build();
    }

    private static Change model(String name) {
        return Change.newBuilder().setModel(Model.newBuilder().setName(name)).build();
    }

    private static Change key(int number) {
        var key =
                ApiKey.newBuilder()
                        .setUid(uid(2, number))
                        .setTenantId(TENANT)
                        .setKeyId(number)
                        .setName("key-" + number)
                        .addDigests(
                                Digest.newBuilder().setSha256(ByteString.copyFrom(digest(number))));
        return Change.newBuilder().setApiKey(key).build();
    }

    private static Change removedKey(int number) {
        return Change.newBuilder()
                .setRemoved(Removed.newBuilder().setKind(Kind.KIND_API_KEY).setUid(uid(2, number)))
                .build();
    }

    private static byte[] digest(int number) {
        return ByteBuffer.allocate(32).putLong(24, number).array();
    }

    private static ByteString uid(long high, long low) {
        return ByteString.copyFrom(ByteBuffer.allocate(16).putLong(high).putLong(low).array());
    }
}
