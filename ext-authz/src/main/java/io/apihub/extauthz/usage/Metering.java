package io.apihub.extauthz.usage;

import io.apihub.extauthz.channel.Channels;
import io.apihub.extauthz.channel.Outage;
import io.apihub.extauthz.channel.UnixSocketServer;
import io.apihub.extauthz.credit.Allowances;
import io.apihub.extauthz.credit.Credit;
import io.apihub.extauthz.credit.GrpcCreditTransport;
import io.apihub.extauthz.credit.Holds;
import io.apihub.extauthz.journal.Incarnation;
import io.apihub.extauthz.journal.UsageJournal;
import io.apihub.extauthz.refusal.RefusalSums;
import io.apihub.usage.v1.Hello;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds, settlements and their way to billing, put together and running. One for a process.
 *
 * <p>It lives longer than the check: stop admitting first, let Envoy drain, then {@link #shutdown}.
 */
public final class Metering {

    private static final Logger LOG = LoggerFactory.getLogger(Metering.class);

    /** Envoy keeps up to 16 MiB while its sink is away, and sends them as one message. */
    private static final int MAX_LOG_MESSAGE = 64 << 20;

    private static final Duration GRACE = Duration.ofSeconds(3);

    private final UsageJournal journal;
    private final ManagedChannel billing;
    private final Credit credit;
    private final UsageSender sender;
    private final RefusalSender refusals;
    private final UnixSocketServer server;
    private final Outage volume = new Outage(LOG, "the journal's volume", System::nanoTime);
    private final ScheduledExecutorService timers;

    private Metering(
            MeteringSettings settings, PriceLookup prices, RefusalSums sums, MeterRegistry meters)
            throws IOException {
        timers = timers();
        journal = UsageJournal.open(settings.journal(), Incarnation.random(new SecureRandom()));
        billing = Channels.to(settings.billing());
        var source =
                new Credit.Source(
                        settings.gateway(),
                        new GrpcCreditTransport(billing),
                        this::later,
                        System::nanoTime);
        credit = new Credit(source, settings.leases(), journal, meters);
        var transport = new GrpcUsage(billing);
        sender = new UsageSender(journal, transport, settings.gateway(), System::nanoTime, meters);
        refusals = new RefusalSender(sums, transport, hello(settings), System::nanoTime);
        var settlements = new Settlements(journal, credit.leases(), prices, meters);
        var connections = new LogConnections(System::nanoTime);
        server =
                new UnixSocketServer(
                        settings.socket(),
                        1,
                        MAX_LOG_MESSAGE,
                        new UsageStream(settlements, connections, meters));
        var sweep =
                new UnreportedSweep(
                        journal, settlements, connections, settings.longest(), System::nanoTime);
        gauges(meters, journal, connections);
        every(50, this::maintain);
        every(50, sender::tick);
        every(200, credit::tick);
        every(2_000, refusals::tick);
        every(Math.clamp(settings.longest().toMillis() / 10, 100, 2_500), sweep::sweep);
    }

    /**
     * Opens the journal and begins to serve; billing may be away.
     *
     * @param refusals what is to be told billing for statistics
     * @throws IOException if the socket can't be bound
     * @throws io.apihub.extauthz.journal.JournalLost if the journal can't be opened
     */
    public static Metering start(
            MeteringSettings settings,
            PriceLookup prices,
            RefusalSums refusals,
            MeterRegistry meters)
            throws IOException {
        return new Metering(settings, prices, refusals, meters);
    }

    private Hello hello(MeteringSettings settings) {
        return Hello.newBuilder()
                .setGateway(settings.gateway())
                .setIncarnation(journal.incarnation().bytes())
                .build();
    }

    /** At the end nobody needs what was to come later; what runs is waited for. */
    private static ScheduledExecutorService timers() {
        var timers = new ScheduledThreadPoolExecutor(2, Metering::thread);
        timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return timers;
    }

    private static Thread thread(Runnable task) {
        return Thread.ofPlatform().name("metering").daemon().unstarted(task);
    }

    private static void gauges(
            MeterRegistry meters, UsageJournal journal, LogConnections connections) {
        meters.gauge("apihub.extauthz.journal.room.bytes", journal, UsageJournal::room);
        meters.gauge("apihub.extauthz.journal.segments", journal, UsageJournal::segments);
        meters.gauge("apihub.extauthz.journal.damaged.bytes", journal, UsageJournal::damagedBytes);
        meters.gauge("apihub.extauthz.log.streams", connections, LogConnections::open);
        meters.gauge("apihub.extauthz.log.cuts", connections, LogConnections::cuts);
    }

    private void later(Duration delay, Runnable task) {
        ScheduledFuture<?> _ =
                timers.schedule(guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void every(long millis, Runnable task) {
        ScheduledFuture<?> _ =
                timers.scheduleWithFixedDelay(guarded(task), millis, millis, TimeUnit.MILLISECONDS);
    }

    /** A timer that throws would never run again. */
    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("metering: a background task failed; it will run again", e);
            }
        };
    }

    private void maintain() {
        try {
            journal.maintain();
            volume.over();
        } catch (IOException e) {
            volume.failed(Status.UNAVAILABLE.withDescription(e.toString()).asException());
        }
    }

    public Holds holds() {
        return credit.leases();
    }

    /** What holds are taken from. */
    public Allowances allowances() {
        return credit.leases();
    }

    /** This life of the process, as billing knows it. */
    public Incarnation incarnation() {
        return journal.incarnation();
    }

    /** Why requests can't be metered now; empty if they can. */
    public Optional<String> notReady() {
        if (!credit.isConnected()) {
            return Optional.of("billing: not connected");
        }
        return journal.room() > 0 ? Optional.empty() : Optional.of("journal: no room");
    }

    /**
     * Waits until every hold is settled and billing has all, tells billing so, and stops. What is
     * not done in time stays in the journal for the next process.
     *
     * @return whether all was done
     */
    public boolean shutdown(Duration patience) throws InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        boolean settled = await(() -> journal.openHolds() == 0, () -> false, until);
        var away = new Absence();
        boolean sent = settled && await(sender::isDone, away, until);
        if (sent) {
            credit.finish();
        }
        boolean done = sent && await(credit::isFinished, away, until);
        LOG.info(
                done ? "metering: all is settled" : "metering: {} holds are left in the journal",
                journal.openHolds());
        stop();
        return done;
    }

    private static boolean await(BooleanSupplier condition, BooleanSupplier hopeless, long until)
            throws InterruptedException {
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - until >= 0 || hopeless.getAsBoolean()) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return true;
    }

    /** Whether billing has been away for so long that waiting for it at the end is of no use. */
    private final class Absence implements BooleanSupplier {

        private long lastSeen = System.nanoTime();

        @Override
        public boolean getAsBoolean() {
            if (credit.isConnected()) {
                lastSeen = System.nanoTime();
            }
            return System.nanoTime() - lastSeen > GRACE.toNanos();
        }
    }

    private void stop() throws InterruptedException {
        server.close();
        sender.stop();
        refusals.stop();
        credit.stop();
        timers.shutdown();
        if (!timers.awaitTermination(5, TimeUnit.SECONDS)) {
            LOG.warn("metering: a background task does not end");
        }
        billing.shutdownNow();
        if (!billing.awaitTermination(5, TimeUnit.SECONDS)) {
            LOG.warn("metering: the channel to billing does not close");
        }
        journal.close();
    }
}
