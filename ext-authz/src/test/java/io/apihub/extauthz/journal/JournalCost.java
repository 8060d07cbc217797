package io.apihub.extauthz.journal;

import com.google.protobuf.ByteString;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.Taken;
import io.apihub.usage.v1.Tokens;
import io.apihub.usage.v1.UsageRecord;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a record costs. Arguments: a directory on the volume to measure, {@code BEHIND} or {@code
 * ALWAYS}, and rounds of 10,000 holds with their settlements.
 */
final class JournalCost {

    private static final int ROUND = 10_000;

    private JournalCost() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var sync = JournalSync.valueOf(arguments[1]);
        var limits = JournalLimits.DEFAULT.withSync(sync).withKeepAcked(Duration.ZERO);
        var settings = new JournalSettings(Path.of(arguments[0]), limits);
        int rounds = Integer.parseInt(arguments[2]);
        try (var journal = UsageJournal.open(settings, Incarnation.random(new Random()))) {
            var stop = new AtomicBoolean();
            var upkeep = Thread.ofPlatform().start(() -> upkeep(journal, stop));
            write(journal, Math.min(rounds, 30));
            long process = processNanos();
            long wall = System.nanoTime();
            long thread = write(journal, rounds);
            wall = System.nanoTime() - wall;
            process = processNanos() - process;
            stop.set(true);
            upkeep.join();
            double records = 2.0 * ROUND * rounds;
            System.out.printf(
                    "%s: %.2f us CPU a record in the writing thread, %.2f in the whole process,"
                            + " %.2f us elapsed%n",
                    sync, thread / records / 1e3, process / records / 1e3, wall / records / 1e3);
        }
    }

    private static void upkeep(UsageJournal journal, AtomicBoolean stop) {
        try {
            while (!stop.get()) {
                journal.maintain();
                Thread.sleep(50);
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long processNanos() {
        var system = ManagementFactory.getOperatingSystemMXBean();
        return ((com.sun.management.OperatingSystemMXBean) system).getProcessCpuTime();
    }

    /** Nanoseconds of CPU in this thread; making the messages is not counted. */
    private static long write(UsageJournal journal, int rounds) throws InterruptedException {
        var threads = ManagementFactory.getThreadMXBean();
        var random = new Random(1);
        long spent = 0;
        for (int round = 0; round < rounds; round++) {
            var holds = new ArrayList<Hold>();
            var settlements = new ArrayList<UsageRecord>();
            for (int i = 0; i < ROUND; i++) {
                var hold = typical(Entries.hold(random, journal.incarnation()));
                holds.add(hold);
                settlements.add(settlement(hold));
            }
            while (journal.room() < 30L << 20) {
                Thread.sleep(10);
            }
            long before = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < ROUND; i++) {
                if (!journal.hold(WrittenHold.of(holds.get(i)))
                        || !journal.settle(settlements.get(i))) {
                    throw new IllegalStateException("refused");
                }
            }
            spent += threads.getCurrentThreadCpuTime() - before;
            journal.acked(journal.end(), journal.rewinds());
        }
        return spent;
    }

    private static Hold typical(Hold hold) {
        var bytes = ByteString.copyFrom(new byte[16]);
        return hold.toBuilder()
                .setKeyUid(bytes)
                .setKeyId(1L << 40)
                .setDialect("openai-chat")
                .setModel("gpt-5-codex")
                .setUpstreamModel("gpt-5-codex")
                .setPool("pool/0123456789abcdef")
                .setStream(true)
                .setPriceVersion(12)
                .setPriceFactorMillionths(1_000_000)
                .setInputTokens(20_000)
                .setOutputTokens(4_096)
                .addTaken(Taken.newBuilder().setLeaseId(123_456).setAmount(200_000))
                .addTaken(Taken.newBuilder().setLeaseId(123_457).setAmount(200_000))
                .addTaken(Taken.newBuilder().setLeaseId(123_458).setAmount(24_096))
                .setRequestId("0f9a2c7e-1111-2222-3333-444455556666")
                .setClientAddress("203.0.113.77")
                .setAdmittedAtMillis(1_790_000_000_000L)
                .setRequestBytes(18_000)
                .setContextTokens(400_000)
                .setMaxOutputTokens(128_000)
                .build();
    }

    private static UsageRecord settlement(Hold hold) {
        return UsageRecord.newBuilder()
                .setHold(hold)
                .setOutcome(UsageRecord.Outcome.OUTCOME_MEASURED)
                .setTokens(Tokens.newBuilder().setInput(1_800).setCachedInput(9_000).setOutput(700))
                .setStatus(200)
                .setModelServed("gpt-5-codex")
                .setUpstream("10.2.3.4:8317")
                .setStartedAtMillis(1_790_000_000_000L)
                .setFirstByteAtMillis(1_790_000_000_900L)
                .setFinishedAtMillis(1_790_000_009_000L)
                .setRequestBytes(18_000)
                .setResponseBytes(150_000)
                .setUpstreamRequestId("req_0123456789abcdef")
                .build();
    }
}
