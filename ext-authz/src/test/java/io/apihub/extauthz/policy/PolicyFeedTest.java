package io.apihub.extauthz.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.apihub.extauthz.credit.LocalCredit;
import io.apihub.policy.v1.Ack;
import io.apihub.policy.v1.Batch;
import io.apihub.policy.v1.Change;
import io.apihub.policy.v1.Kind;
import io.apihub.policy.v1.Model;
import io.apihub.policy.v1.Removed;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PolicyFeedTest {

    private static final Duration MAX_STALE = Duration.ofSeconds(60);

    /** Stands still unless a test moves it, so that a slow machine makes no stream silent. */
    private final AtomicLong nanos = new AtomicLong(1_000_000_000_000L);

    private final ScriptedOperator operator = new ScriptedOperator();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private Server server;
    private ManagedChannel channel;
    private PolicyFeed feed;

    @BeforeEach
    void start() throws Exception {
        server =
                InProcessServerBuilder.forName("operator")
                        .directExecutor()
                        .addService(operator)
                        .build()
                        .start();
        channel = InProcessChannelBuilder.forName("operator").directExecutor().build();
        feed =
                new PolicyFeed(
                        new PolicyFeed.Settings(
                                "gw-0", ByteString.copyFrom(new byte[16]), MAX_STALE),
                        new PolicyFeed.Surroundings(
                                channel,
                                nanos::get,
                                timer,
                                new LocalCredit(nanos::get),
                                PolicyStore.NONE,
                                snapshot -> {}));
        feed.start();
    }

    @AfterEach
    void stop() {
        feed.close();
        timer.shutdownNow();
        channel.shutdownNow();
        server.shutdownNow();
    }

    @Test
    void aSnapshotIsSeenWholeAndThenAcknowledged() throws Exception {
        operator.awaitHello("", 0);

        operator.send(batch("e1", 5, true, false, model("a")));
        assertThat(feed.current().models()).isEmpty();
        operator.send(batch("e1", 5, true, true, model("b")));

        assertThat(feed.current().models()).containsOnlyKeys("a", "b");
        assertThat(operator.awaitAck()).isEqualTo(ack("e1", 5));
    }

    @Test
    void aDeltaIsAppliedAllAtOnce() throws Exception {
        operator.awaitHello("", 0);
        operator.send(batch("e1", 5, true, true, model("a")));
        var before = feed.current();

        operator.send(batch("e1", 6, false, false, model("b")));
        assertThat(feed.current()).isSameAs(before);
        operator.send(batch("e1", 7, false, true, removedModel("a")));

        assertThat(feed.current().models()).containsOnlyKeys("b");
        assertThat(feed.current().revision()).isEqualTo(7);
    }

    @Test
    void afterABreakItGoesOnFromWhatItHas() throws Exception {
        operator.awaitHello("", 0);
        operator.send(batch("e1", 5, true, true, model("a")));
        operator.send(batch("e1", 6, false, false, model("half")));

        operator.breakStream();
        operator.awaitHello("e1", 5);
        operator.send(batch("e1", 7, false, true, model("b")));

        await(() -> feed.current().revision() == 7);
        assertThat(feed.current().models()).containsOnlyKeys("a", "b");
    }

    @Test
    void anotherEpochReplacesEverything() throws Exception {
        operator.awaitHello("", 0);
        operator.send(batch("e1", 500, true, true, model("a")));

        operator.send(batch("e2", 3, true, true, model("b")));

        assertThat(feed.current().models()).containsOnlyKeys("b");
        assertThat(feed.current().revision()).isEqualTo(3);
    }

    @Test
    void aDeltaOfAnotherEpochIsRefusedAndTheFeedAsksAgain() throws Exception {
        operator.awaitHello("", 0);
        operator.send(batch("e1", 5, true, true, model("a")));

        operator.send(batch("e2", 6, false, true, model("evil")));

        assertThat(feed.current().models()).containsOnlyKeys("a");
        operator.awaitHello("e1", 5);
    }

    @Test
    void anOlderLeaderIsNotBelieved() throws Exception {
        operator.awaitHello("", 0);
        operator.send(batch("e1", 5, true, true, model("a")).toBuilder().setTerm(4).build());

        operator.send(batch("e1", 6, false, true, model("b")).toBuilder().setTerm(3).build());

        operator.awaitHello("e1", 5);
        assertThat(feed.current().models()).containsOnlyKeys("a");
    }

    @Test
    void withoutHeartbeatsThePolicyGoesStale() throws Exception {
        operator.awaitHello("", 0);
        operator.send(batch("e1", 5, true, true, model("a")));
        assertThat(feed.isFresh()).isFalse();

        operator.heartbeat("e1", 5);
        assertThat(feed.isFresh()).isTrue();
        nanos.addAndGet(MAX_STALE.toNanos() + 1);

        assertThat(feed.isFresh()).isFalse();
    }

    @Test
    void heartbeatsOfAFeedThatNoLongerDeliversDoNotKeepThePolicyFresh() throws Exception {
        operator.awaitHello("", 0);
        operator.send(batch("e1", 5, true, true, model("a")));
        operator.heartbeat("e1", 5);

        for (int second = 0; second < 61; second++) {
            nanos.addAndGet(1_000_000_000L);
            operator.heartbeat("e1", 6);
        }

        assertThat(feed.isFresh()).isFalse();
        operator.send(batch("e1", 6, false, true));
        operator.heartbeat("e1", 6);
        assertThat(feed.isFresh()).isTrue();
    }

    @Test
    void aSilentStreamIsOpenedAnew() throws Exception {
        operator.awaitHello("", 0);

        nanos.addAndGet(Duration.ofSeconds(3).toNanos());

        operator.awaitHello("", 0);
    }

    @Test
    void leavingIsSaid() throws Exception {
        operator.awaitHello("", 0);

        feed.close();

        await(() -> operator.saidGoodbye());
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static Change model(String name) {
        return Change.newBuilder().setModel(Model.newBuilder().setName(name)).build();
    }

    private static Change removedModel(String name) {
        return Change.newBuilder()
                .setRemoved(Removed.newBuilder().setKind(Kind.KIND_MODEL).setName(name))
                .build();
    }

    private static Batch batch(
            String epoch, long revision, boolean snapshot, boolean complete, Change... changes) {
        var batch =
                Batch.newBuilder()
                        .setEpoch(epoch)
                        .setRevision(revision)
                        .setSnapshot(snapshot)
                        .setComplete(complete);
        for (var change : changes) {
            batch.addChanges(change);
        }
        return batch.build();
    }

    private static Ack ack(String epoch, long revision) {
        return Ack.newBuilder().setEpoch(epoch).setRevision(revision).build();
    }
}
