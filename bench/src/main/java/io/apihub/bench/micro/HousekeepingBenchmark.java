package io.apihub.bench.micro;

import com.google.protobuf.ByteString;
import io.apihub.credit.v1.GrantRequest;
import io.apihub.credit.v1.GrantResult;
import io.apihub.credit.v1.Lease;
import io.apihub.credit.v1.OpenRequest;
import io.apihub.credit.v1.OpenResponse;
import io.apihub.credit.v1.Pong;
import io.apihub.credit.v1.Recall;
import io.apihub.credit.v1.ReturnAck;
import io.apihub.credit.v1.Welcome;
import io.apihub.extauthz.credit.Amounts;
import io.apihub.extauthz.credit.Claim;
import io.apihub.extauthz.credit.Credit;
import io.apihub.extauthz.credit.CreditTransport;
import io.apihub.extauthz.credit.HoldDraft;
import io.apihub.extauthz.credit.HoldOutcome;
import io.apihub.extauthz.credit.LeaseSettings;
import io.apihub.extauthz.credit.Metric;
import io.apihub.extauthz.credit.Subject;
import io.apihub.extauthz.journal.Incarnation;
import io.apihub.extauthz.journal.JournalSettings;
import io.apihub.extauthz.journal.UsageJournal;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What a gateway does each second for limits that were used, by how long ago that was. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class HousekeepingBenchmark {

    private static final int KEYS_OF_A_TENANT = 1_000;
    private static final int TTL = Integer.MAX_VALUE;
    private static final long SECOND = 1_000_000_000L;

    /** Leases that are in use. */
    @Param({"1000", "100000"})
    private int used;

    /** Limits that were used a while ago. */
    @Param({"0", "200000"})
    private int idle;

    private final SplittableRandom random = new SplittableRandom(1);
    private final AtomicLong now = new AtomicLong(SECOND);
    private final Billing billing = new Billing();
    private final UsageJournal journal =
            UsageJournal.open(JournalSettings.in(directory()), Incarnation.random(random));
    private final Credit credit =
            new Credit(
                    new Credit.Source("g", billing, (delay, task) -> {}, now::get),
                    new LeaseSettings(Duration.ofMillis(800), Duration.ofDays(9_999)),
                    journal,
                    new SimpleMeterRegistry());

    private static Path directory() {
        try {
            return Files.createTempDirectory("apihub-journal");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Grants what is asked for, when it is told to. */
    private static final class Billing implements CreditTransport {

        private final Deque<GrantRequest> asked = new ArrayDeque<>();
        private @Nullable Answers answers;
        private boolean pinged;
        private long leases;

        @Override
        public Stream open(Answers to) {
            answers = to;
            return new Stream() {
                @Override
                public void send(OpenRequest message) {
                    if (message.hasGrant()) {
                        asked.add(message.getGrant());
                    }
                    pinged |= message.hasPing();
                }

                @Override
                public void complete() {}
            };
        }

        void says(OpenResponse.Builder response) {
            Objects.requireNonNull(answers).said(response.build());
        }

        void grants() {
            var request = asked.remove();
            var lease =
                    Lease.newBuilder()
                            .setLeaseId(++leases)
                            .setSubject(request.getWants(0).getSubject())
                            .setGranted(100)
                            .setTtlMillis(TTL);
            says(
                    OpenResponse.newBuilder()
                            .setResult(
                                    GrantResult.newBuilder()
                                            .setSeq(request.getSeq())
                                            .setTimeMillis(1)
                                            .addLeases(lease)));
        }

        void renewsIfAsked() {
            if (pinged) {
                pinged = false;
                says(
                        OpenResponse.newBuilder()
                                .setPong(Pong.newBuilder().setTimeMillis(1).setTtlMillis(TTL)));
            }
        }

        /** Takes back what was granted first. */
        void takesBack(int count) {
            var recall = Recall.newBuilder();
            LongStream.rangeClosed(1, count).forEach(recall::addLeaseIds);
            says(OpenResponse.newBuilder().setRecall(recall));
            says(
                    OpenResponse.newBuilder()
                            .setReturnAck(
                                    ReturnAck.newBuilder()
                                            .addAllLeaseIds(recall.getLeaseIdsList())));
        }
    }

    /** Opens a stream, and uses all once. */
    @Setup
    public void use() throws IOException {
        credit.tick();
        billing.says(OpenResponse.newBuilder().setWelcome(Welcome.newBuilder()));
        useOnce(0, idle);
        billing.takesBack(idle);
        for (int i = 0; i < 70; i++) {
            second();
        }
        useOnce(idle, used);
    }

    private void useOnce(int first, int count) throws IOException {
        for (int i = first; i < first + count; i++) {
            var claim = new Claim(new Amounts(1, 1, 1, 1), 1);
            claim.add(credit.leases().of(subject(i), 1_000));
            var id = HoldId.mint(InstantSource.system(), random);
            var hold = Hold.newBuilder().setHoldId(ByteString.copyFrom(id.toBytes()));
            credit.leases().take(HoldDraft.of(hold), claim, HousekeepingBenchmark::expect);
            billing.grants();
            credit.leases().voidHold(id);
            if (i % 1_000 == 0) {
                journal.maintain();
            }
        }
        journal.maintain();
    }

    private static void expect(HoldOutcome outcome) {
        if (!(outcome instanceof HoldOutcome.Held)) {
            throw new IllegalStateException(outcome.toString());
        }
    }

    private static Subject subject(int number) {
        var tenant = ByteString.copyFromUtf8("tenant %,9d".formatted(number / KEYS_OF_A_TENANT));
        return new Subject(
                Subject.Kind.BUDGET,
                Metric.REQUESTS,
                tenant,
                "acme",
                "quota",
                "daily",
                "key-" + number);
    }

    /** A second passes; billing renews all leases each ten. */
    @Benchmark
    public void second() {
        now.addAndGet(SECOND);
        credit.tick();
        billing.renewsIfAsked();
    }
}
