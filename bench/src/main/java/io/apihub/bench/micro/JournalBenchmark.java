package io.apihub.bench.micro;

import com.google.protobuf.ByteString;
import io.apihub.extauthz.journal.Incarnation;
import io.apihub.extauthz.journal.JournalSettings;
import io.apihub.extauthz.journal.UsageJournal;
import io.apihub.extauthz.journal.WrittenHold;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A hold written and voided: two records. A thread maintains the journal as in a gateway. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class JournalBenchmark {

    private final SplittableRandom random = new SplittableRandom(1);
    private final UsageJournal journal;
    private final Hold template;
    private volatile boolean done;

    /** Opens a journal in a directory of its own. */
    public JournalBenchmark() {
        journal =
                UsageJournal.open(
                        JournalSettings.in(directory()),
                        Incarnation.random(new SplittableRandom(2)));
        template =
                Hold.newBuilder()
                        .setIncarnation(journal.incarnation().bytes())
                        .setTenantId(ByteString.copyFrom(new byte[16]))
                        .setKeyUid(ByteString.copyFrom(new byte[16]))
                        .setDialect("openai_chat")
                        .setModel("bench-model")
                        .setUpstreamModel("bench-model")
                        .setPool("pool/bench")
                        .setInputTokens(400)
                        .setOutputTokens(4_096)
                        .setCostMicros(9_000)
                        .setRequestId("7f9c2a44-0f0e-4a3e-9a57-0b1c2d3e4f50")
                        .setClientAddress("192.0.2.7")
                        .build();
        Thread.ofPlatform().daemon().start(this::maintain);
    }

    private static Path directory() {
        try {
            return Files.createTempDirectory("apihub-journal");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void maintain() {
        try {
            while (!done) {
                journal.maintain();
                TimeUnit.MILLISECONDS.sleep(50);
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @TearDown
    public void stop() {
        done = true;
    }

    /** Waits while the journal has no room: whatever makes room takes part in the cost. */
    @Benchmark
    public boolean holdAndVoid() throws InterruptedException {
        var id = HoldId.mint(InstantSource.system(), random);
        var hold =
                template.toBuilder()
                        .setHoldId(ByteString.copyFrom(id.toBytes()))
                        .setAdmittedAtMillis(id.instant().toEpochMilli())
                        .build();
        while (!journal.hold(WrittenHold.of(hold))) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return journal.release(id).isPresent();
    }
}
