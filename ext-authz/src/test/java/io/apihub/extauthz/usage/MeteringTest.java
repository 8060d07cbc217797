package io.apihub.extauthz.usage;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.apihub.extauthz.credit.Amounts;
import io.apihub.extauthz.credit.Claim;
import io.apihub.extauthz.credit.HoldDraft;
import io.apihub.extauthz.credit.HoldOutcome;
import io.apihub.extauthz.credit.LeaseSettings;
import io.apihub.extauthz.credit.Subject;
import io.apihub.extauthz.journal.JournalLimits;
import io.apihub.extauthz.journal.JournalSettings;
import io.apihub.extauthz.journal.JournalSync;
import io.apihub.extauthz.refusal.RefusalSums;
import io.apihub.model.price.ModelPattern;
import io.apihub.model.price.ModelPrice;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.UsageRecord;
import io.apihub.usage.v1.UsageRecord.Outcome;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPResponseProperties;
import io.envoyproxy.envoy.service.accesslog.v3.AccessLogServiceGrpc;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage.HTTPAccessLogEntries;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Metering as a whole, between an access log client and a bank over real sockets. */
class MeteringTest {

    private static final ModelPrice PRICE =
            new ModelPrice(new ModelPattern("small"), 1_000_000, 0, 0, 0, 1_000_000, 0, false);

    private final Path directory;

    private final FakeBilling billing = new FakeBilling(0);
    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Metering metering;
    private ManagedChannel envoy;

    MeteringTest(@TempDir Path directory) {
        this.directory = directory;
        metering = start(Duration.ofSeconds(60));
        envoy = channel();
    }

    /** A grant may take long on a machine that is busy with other tests. */
    private Metering start(Duration longest) {
        return start(longest, Duration.ofSeconds(30));
    }

    private Metering start(Duration longest, Duration grant) {
        var settings =
                new MeteringSettings(
                        "gateway-0",
                        socket(),
                        billing.target(),
                        new JournalSettings(
                                directory.resolve("journal"),
                                new JournalLimits(
                                        256 << 10, 8, 16 << 10, Duration.ZERO, JournalSync.BEHIND)),
                        LeaseSettings.of(grant),
                        longest);
        try {
            return Metering.start(
                    settings,
                    (version, model) -> Optional.of(PRICE),
                    new RefusalSums(InstantSource.system()),
                    meters);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Path socket() {
        return Path.of("/tmp", "apihub-usage-" + System.identityHashCode(this) + ".sock");
    }

    private ManagedChannel channel() {
        return NettyChannelBuilder.forAddress(new DomainSocketAddress(socket().toFile()))
                .eventLoopGroup(loops)
                .channelType(EpollDomainSocketChannel.class)
                .usePlaintext()
                .build();
    }

    @BeforeEach
    void connected() {
        Waiting.until("billing", () -> metering.notReady().isEmpty());
    }

    @AfterEach
    void stop() throws InterruptedException {
        envoy.shutdownNow();
        metering.shutdown(Duration.ZERO);
        billing.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private static HoldId idOf(Hold hold) {
        return HoldId.ofBytes(hold.getHoldId().toByteArray());
    }

    private HoldOutcome take(long cost) {
        return take(cost, 0);
    }

    private HoldOutcome take(long cost, long longestMillis) {
        var outcome = new CompletableFuture<HoldOutcome>();
        var terms =
                Hold.newBuilder()
                        .setHoldId(Logged.id())
                        .setTenantId(ByteString.copyFrom(new byte[16]))
                        .setDialect("openai_chat")
                        .setModel("small")
                        .setPriceFactorMillionths(1_000_000)
                        .setLongestMillis(longestMillis)
                        .setCostMicros(cost);
        var claim = new Claim(new Amounts(1, cost, 0, 0), 1);
        var account = Subject.account(terms.getTenantId());
        claim.add(metering.allowances().of(account, Long.MAX_VALUE));
        metering.holds().take(HoldDraft.of(terms), claim, outcome::complete);
        return outcome.orTimeout(60, TimeUnit.SECONDS).join();
    }

    private Hold held(long cost) {
        return ((HoldOutcome.Held) take(cost)).hold().message();
    }

    private StreamObserver<StreamAccessLogsMessage> log() {
        return AccessLogServiceGrpc.newStub(envoy)
                .streamAccessLogs(
                        new StreamObserver<>() {
                            @Override
                            public void onNext(StreamAccessLogsResponse response) {}

                            @Override
                            public void onError(Throwable cause) {}

                            @Override
                            public void onCompleted() {}
                        });
    }

    private static StreamAccessLogsMessage entries(Hold... holds) {
        var entries = HTTPAccessLogEntries.newBuilder();
        for (var hold : holds) {
            entries.addLogEntry(entry(hold));
        }
        return StreamAccessLogsMessage.newBuilder().setHttpLogs(entries).build();
    }

    private static HTTPAccessLogEntry entry(Hold hold) {
        var text = Base64.getEncoder().encodeToString(hold.toByteArray());
        var usage = "{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15}";
        var metadata =
                Metadata.newBuilder()
                        .putFilterMetadata("envoy.filters.http.ext_authz", struct("hold", text))
                        .putFilterMetadata("apihub.sse", struct("usage", usage));
        return HTTPAccessLogEntry.newBuilder()
                .setCommonProperties(
                        AccessLogCommon.newBuilder()
                                .putCustomTags("upstream", "cpa")
                                .setMetadata(metadata)
                                .setTimeToFirstUpstreamRxByte(
                                        com.google.protobuf.Duration.newBuilder().setNanos(1)))
                .setResponse(
                        HTTPResponseProperties.newBuilder()
                                .setResponseCode(UInt32Value.of(200))
                                .setResponseBodyBytes(100))
                .build();
    }

    private static Struct struct(String key, String value) {
        return Struct.newBuilder()
                .putFields(key, Value.newBuilder().setStringValue(value).build())
                .build();
    }

    private void untilSettled(int count) {
        Waiting.until(count + " records", () -> billing.records().size() >= count);
    }

    @Test
    void aRequestBecomesOneRecordAndItsRestCanBeTakenAgain() throws InterruptedException {
        billing.balance(10_000);
        var hold = held(10_000);
        assertThat(take(1)).isInstanceOf(HoldOutcome.Refused.class);

        log().onNext(entries(hold, hold));
        untilSettled(1);

        var settlement = billing.records().getFirst();
        assertThat(settlement.getOutcome()).isEqualTo(Outcome.OUTCOME_MEASURED);
        assertThat(settlement.getHold()).isEqualTo(hold);
        assertThat(settlement.getUpstream()).as("by its name").isEqualTo("cpa");
        var taken = new AtomicReference<HoldOutcome>();
        Waiting.until(
                "release",
                () -> {
                    taken.set(take(9_985));
                    return taken.get() instanceof HoldOutcome.Held;
                });
        var rest = ((HoldOutcome.Held) taken.get()).hold().message();
        metering.holds().voidHold(idOf(rest));
        metering.holds().voidHold(idOf(rest));
        assertThat(metering.shutdown(Duration.ofSeconds(10))).isTrue();
        assertThat(billing.leased()).as("15 were spent, all else came back").isEqualTo(15);
        assertThat(billing.closed()).hasSize(1);
        assertThat(billing.records()).hasSize(1);
        metering = start(Duration.ofSeconds(60));
    }

    @Test
    void aBrokenCreditStreamAsksAgainAndGetsTheSameLease() {
        var failures = new AtomicInteger(2);
        billing.hangUpBeforeAnswer(() -> failures.getAndDecrement() > 0);

        var outcome = take(100);
        if (!(outcome instanceof HoldOutcome.Held)) {
            Waiting.until("a lease", () -> take(100) instanceof HoldOutcome.Held);
        }

        assertThat(billing.leases()).isEqualTo(1);
    }

    @Test
    void whatWasNotAckedIsSentAgainAndNothingIsLost() {
        var failures = new AtomicInteger(3);
        billing.hangUpBeforeAck(() -> failures.getAndDecrement() > 0);
        var log = log();
        for (int i = 0; i < 20; i++) {
            log.onNext(entries(held(100)));
        }

        untilSettled(20);
        Waiting.until("repeats", () -> billing.repeats() > 0);
        assertThat(billing.records()).hasSize(20);
    }

    @Test
    void aFailoverOfTheDatabaseMakesAllThatIsKeptComeAgain() {
        log().onNext(entries(held(100)));
        untilSettled(1);
        billing.timeline(2);

        log().onNext(entries(held(100)));

        untilSettled(2);
        Waiting.until("repeats", () -> billing.repeats() > 0);
    }

    @Test
    void aRestartKeepsHoldsAndRecordsExactly() throws InterruptedException {
        var hold = held(100);
        var earlier = metering.incarnation();
        assertThat(metering.shutdown(Duration.ZERO)).isFalse();

        metering = start(Duration.ofSeconds(60));
        Waiting.until("billing", () -> metering.notReady().isEmpty());
        assertThat(billing.hellos().getLast().getFoundList())
                .anySatisfy(found -> {
                    assertThat(found.getIncarnation()).isEqualTo(earlier.bytes());
                    assertThat(found.getLeases(0).getOpen()).isEqualTo(100);
                });
        Waiting.until("the log", () -> sent(entries(hold)));
        log().onNext(entries(hold));

        untilSettled(1);
        Waiting.until("closed", () -> billing.closed().contains(earlier.toString()));
        assertThat(billing.records()).hasSize(1);
    }

    /** The channel to the old socket may take a moment to see the new one. */
    private boolean sent(StreamAccessLogsMessage message) {
        envoy.resetConnectBackoff();
        log().onNext(message);
        return !billing.records().isEmpty();
    }

    @Test
    void aHoldWithoutEntryIsChargedAfterAnInterruptionAndElseVoided() throws InterruptedException {
        metering.shutdown(Duration.ZERO);
        metering = start(Duration.ofSeconds(1));
        Waiting.until("billing", () -> metering.notReady().isEmpty());
        envoy.shutdownNow();
        envoy = channel();
        var log = log();
        var first = held(100);
        log.onNext(entries(first));
        untilSettled(1);
        // What is admitted within a sweep of the stream's beginning counts as interrupted.
        long opened = System.nanoTime();
        Waiting.until("sweeps", () -> System.nanoTime() - opened > 400_000_000L);
        var quiet = held(100);
        untilSettled(2);
        assertThat(record(quiet).getOutcome()).isEqualTo(Outcome.OUTCOME_VOIDED);

        var cut = held(100);
        log.onCompleted();
        var again = log();
        again.onNext(StreamAccessLogsMessage.getDefaultInstance());
        untilSettled(3);
        assertThat(record(cut).getOutcome()).isEqualTo(Outcome.OUTCOME_UNREPORTED);
        var vanished = meters.get("apihub.extauthz.holds.vanished").counter();
        Waiting.until("the alarm", () -> vanished.count() > 0);
        assertThat(vanished.count()).as("the quiet one alone").isEqualTo(1);

        again.onNext(entries(cut));
        Waiting.until("correction", () -> billing.repeats() > 0);
    }

    @Test
    void aHoldWithoutEntryLastsAsLongAsItSays() throws InterruptedException {
        metering.shutdown(Duration.ZERO);
        metering = start(Duration.ofSeconds(1));
        Waiting.until("billing", () -> metering.notReady().isEmpty());
        envoy.shutdownNow();
        envoy = channel();
        log().onNext(StreamAccessLogsMessage.getDefaultInstance());
        var stream = ((HoldOutcome.Held) take(100, 14_400_000)).hold().message();
        var unsaid = held(100);
        var quick = ((HoldOutcome.Held) take(100, 2_000)).hold().message();
        untilSettled(2);

        assertThat(billing.records())
                .extracting(UsageRecord::getHold)
                .as("what may still be served is held")
                .containsExactly(unsaid, quick)
                .doesNotContain(stream);
    }

    private UsageRecord record(Hold hold) {
        return billing.records().stream()
                .filter(each -> each.getHold().equals(hold))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anEndWithoutBillingIsQuick() throws InterruptedException {
        billing.close();

        long before = System.nanoTime();
        assertThat(metering.shutdown(Duration.ofSeconds(60))).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
        metering = start(Duration.ofSeconds(60));
    }

    @Test
    void whileBillingIsAwayRequestsAreRefusedInTime() throws InterruptedException {
        metering.shutdown(Duration.ZERO);
        metering = start(Duration.ofSeconds(60), Duration.ofMillis(800));
        Waiting.until("billing", () -> metering.notReady().isEmpty());
        billing.close();

        assertThat(take(100)).isInstanceOf(HoldOutcome.Unavailable.class);
    }
}
