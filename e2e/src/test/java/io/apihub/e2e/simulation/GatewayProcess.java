package io.apihub.e2e.simulation;

import io.apihub.credit.v1.OpenRequest;
import io.apihub.credit.v1.OpenResponse;
import io.apihub.extauthz.credit.Amounts;
import io.apihub.extauthz.credit.Claim;
import io.apihub.extauthz.credit.Credit;
import io.apihub.extauthz.credit.CreditTransport;
import io.apihub.extauthz.credit.HoldDraft;
import io.apihub.extauthz.credit.HoldOutcome;
import io.apihub.extauthz.credit.LeaseSettings;
import io.apihub.extauthz.credit.Subject;
import io.apihub.extauthz.journal.JournalLimits;
import io.apihub.extauthz.journal.JournalSync;
import io.apihub.extauthz.journal.UsageJournal;
import io.apihub.extauthz.usage.LogConnections;
import io.apihub.extauthz.usage.LogEntry;
import io.apihub.extauthz.usage.Settlements;
import io.apihub.extauthz.usage.UnreportedSweep;
import io.apihub.extauthz.usage.UsageSender;
import io.apihub.extauthz.usage.UsageTransport;
import io.apihub.model.usage.HoldId;
import io.apihub.usage.v1.Hold;
import io.apihub.usage.v1.ReportRequest;
import io.apihub.usage.v1.ReportResponse;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** One life of ext-authz: the production classes put together as its {@code Metering} does. */
final class GatewayProcess {

    private static final CompositeMeterRegistry METERS = new CompositeMeterRegistry();
    private static final JournalLimits JOURNAL =
            new JournalLimits(12 << 10, 6, 3 << 10, Duration.ofHours(24), JournalSync.BEHIND);

    private final World world;
    private final Site site;
    private final Volume volume;
    private final UsageJournal journal;
    private final Credit credit;
    private final UsageSender sender;
    private final Settlements settlements;
    private final LogConnections connections;
    private final UnreportedSweep sweep;
    private final LongSupplier nanos;
    private final long begun;
    private final List<Wire<?, ?>> wires = new ArrayList<>();
    private boolean alive = true;
    private boolean logStream;
    private long nextSweep;
    private long streamAt;

    GatewayProcess(World world, Site site, Volume volume) {
        this.world = world;
        this.begun = world.time().now();
        this.site = site;
        this.volume = volume;
        var parts = world.parts();
        this.nanos = parts.nanos(site::nanos);
        this.journal =
                UsageJournal.open(
                        parts.storage(volume.mount()),
                        JOURNAL,
                        parts.incarnation(world.random(), site.number()),
                        parts.boot(site.boot()),
                        nanos);
        volume.used(journal.incarnation().id(), site.boot(), world.books()::lost);
        var source = new Credit.Source(site.name(), parts.credit(this::open), this::later, nanos);
        this.credit = new Credit(source, LeaseSettings.of(Duration.ofMillis(800)), journal, METERS);
        this.sender =
                new UsageSender(journal, parts.usage(this::report), site.name(), nanos, METERS);
        this.settlements =
                new Settlements(
                        journal, credit.leases(), (_, _) -> Optional.of(Prices.PRICE), METERS);
        this.connections = new LogConnections(nanos);
        var longest = parts.longest(World.LONGEST);
        this.sweep = new UnreportedSweep(journal, settlements, connections, longest, nanos);
        this.nextSweep = nanos.getAsLong();
        tickLater();
    }

    boolean isAlive() {
        return alive;
    }

    /** Nanoseconds since it began. */
    long age() {
        return world.time().now() - begun;
    }

    /** When it opened its last stream of credit. */
    long streamAt() {
        return streamAt;
    }

    Volume volume() {
        return volume;
    }

    UsageJournal journal() {
        return journal;
    }

    private void tickLater() {
        world.time().after(world.tickNanos(), this::tick);
    }

    private void tick() {
        if (!alive) {
            return;
        }
        credit.tick();
        sender.tick();
        maintain();
        if (nanos.getAsLong() - nextSweep >= 0) {
            sweep.sweep();
            nextSweep = nanos.getAsLong() + World.LONGEST.toNanos() / 10;
        }
        tickLater();
    }

    private void maintain() {
        try {
            journal.maintain();
            volume.synced();
        } catch (IOException e) {
            world.trace().say(() -> site + " disk: " + e.getMessage());
            if (journal.room() > 0) {
                // It is the next file that there is no room for; what was written is on the disk.
                volume.synced();
            }
        }
    }

    private void later(Duration delay, Runnable task) {
        world.time()
                .after(
                        delay.toNanos(),
                        () -> {
                            if (alive) {
                                task.run();
                            }
                        });
    }

    // ---- streams

    private CreditTransport.Stream open(CreditTransport.Answers answers) {
        streamAt = world.time().now();
        var wire =
                new Wire<OpenRequest, OpenResponse>(
                        world.time(),
                        world.random(),
                        site,
                        new Wire.Client<>() {
                            @Override
                            public void hear(OpenResponse message) {
                                if (alive) {
                                    answers.said(message);
                                }
                            }

                            @Override
                            public void ended(Throwable cause) {
                                if (alive) {
                                    answers.ended(cause);
                                }
                            }
                        });
        connect(wire, billing -> billing.credit(wire));
        return new CreditTransport.Stream() {
            @Override
            public void send(OpenRequest message) {
                wire.say(message);
            }

            @Override
            public void complete() {
                wire.complete();
            }
        };
    }

    private UsageTransport.Call report(UsageTransport.Answers answers) {
        var wire =
                new Wire<ReportRequest, ReportResponse>(
                        world.time(),
                        world.random(),
                        site,
                        new Wire.Client<>() {
                            @Override
                            public void hear(ReportResponse message) {
                                if (alive) {
                                    answers.answered(message);
                                }
                            }

                            @Override
                            public void ended(Throwable cause) {
                                if (alive) {
                                    answers.ended(cause);
                                }
                            }
                        });
        connect(wire, billing -> billing.usage(wire));
        return new UsageTransport.Call() {
            @Override
            public void send(ReportRequest request) {
                wire.say(request);
            }

            @Override
            public void cancel(String why) {
                wire.cut(true, 0);
            }

            @Override
            public void complete() {
                wire.complete();
            }
        };
    }

    private void connect(Wire<?, ?> wire, Consumer<BillingProcess> how) {
        wires.removeIf(Wire::isOver);
        var billing = world.reachable(site);
        if (billing.isEmpty()) {
            wire.cut(true, 100 * VirtualTime.MILLI);
            return;
        }
        wires.add(wire);
        how.accept(billing.get());
    }

    /** The network breaks all streams. */
    void cut(long learnedAfter) {
        for (var wire : List.copyOf(wires)) {
            wire.cut(true, world.random().nextLong(1 + learnedAfter));
        }
        wires.clear();
    }

    // ---- requests

    /** Like an admission: what is superseded is claimed again by what the site knows then. */
    void take(Hold.Builder terms, Amounts amounts, Party party, String key, Outcome done) {
        take(new Attempt(HoldDraft.of(terms), party, key, done), new Claim(amounts, 0));
    }

    private void take(Attempt attempt, Claim earlier) {
        var party = attempt.party;
        var caps = party.caps.stream().filter(cap -> site.knows(cap) >= 0).toList();
        var claim = new Claim(earlier.amounts(), 1 + caps.size()).inPlaceOf(earlier);
        claim.add(credit.leases().of(Subject.account(party.bytes), Long.MAX_VALUE));
        for (var cap : caps) {
            claim.add(credit.leases().of(cap.subject(attempt.key), site.knows(cap)));
        }
        credit.leases()
                .take(
                        attempt.draft,
                        claim,
                        outcome -> {
                            if (outcome instanceof HoldOutcome.Superseded) {
                                take(attempt, claim);
                                return;
                            }
                            if (outcome instanceof HoldOutcome.Held(var hold)) {
                                volume.wrote(hold.message().getHoldId());
                            }
                            attempt.done.found(outcome, caps);
                        });
    }

    /** What became of a request, and the limits that it was held to. */
    interface Outcome {
        void found(HoldOutcome outcome, List<Party.Cap> caps);
    }

    private record Attempt(HoldDraft draft, Party party, String key, Outcome done) {}

    void voidHold(Hold hold) {
        credit.leases().voidHold(HoldId.ofBytes(hold.getHoldId().toByteArray()));
    }

    boolean hasLogStream() {
        return alive && logStream;
    }

    void logStream(boolean open) {
        if (open != logStream && alive) {
            logStream = open;
            if (open) {
                connections.opened();
            } else {
                connections.closed();
            }
        }
    }

    void logged(LogEntry entry) {
        settlements.logged(entry);
        volume.wrote(entry.hold().getHoldId());
    }

    // ---- ends

    /** The process dies; what it wrote stays on the volume. */
    void kill() {
        alive = false;
        wires.forEach(wire -> wire.cut(false, 0));
        wires.clear();
        volume.kill();
    }

    boolean isSettled() {
        return journal.openHolds() == 0 && sender.isDone();
    }

    /** For whoever asks why it does not end. */
    String standing() {
        return (credit.isConnected() ? "connected" : "not connected")
                + ", drained "
                + journal.lives().drained()
                + ", unacked from "
                + journal.unacked();
    }

    void finish() {
        credit.finish();
    }

    boolean isFinished() {
        return credit.isFinished();
    }

    void stop() {
        credit.stop();
        sender.stop();
        journal.close();
        alive = false;
    }
}
