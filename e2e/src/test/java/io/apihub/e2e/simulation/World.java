package io.apihub.e2e.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.google.protobuf.ByteString;
import io.apihub.extauthz.credit.Amounts;
import io.apihub.extauthz.credit.HoldOutcome;
import io.apihub.usage.v1.Hold;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.slf4j.LoggerFactory;

/** One run: everything in it follows from the seed. */
final class World {

    static {
        // Thousands of faults in a second would be told.
        ((Logger) LoggerFactory.getLogger("io.apihub")).setLevel(Level.OFF);
    }

    /** The longest stream is five seconds shorter. */
    static final Duration LONGEST = Duration.ofSeconds(25);

    private static final long LONGEST_STREAM = 20 * VirtualTime.SECOND;

    /** Midnight before a month and a week begin, so that every window can end within a run. */
    static final long EPOCH_MILLIS = 1_801_440_000_000L;

    /** Billing's rounds: most are made more often. */
    private static final long ROUND = 5 * VirtualTime.SECOND;

    private static final int VANISHED_EVERY = 2;

    private final Parts parts;
    private final SplittableRandom random;
    private final VirtualTime time = new VirtualTime();
    private final Trace trace;
    private final long early;
    private final Shape shape;
    private final Bank bank;
    private final List<Party> parties = new ArrayList<>();
    private final List<Site> sites = new ArrayList<>();
    private final List<Envoy> envoys = new ArrayList<>();
    private final List<BillingProcess> billings = new ArrayList<>();
    private final List<Volume> detached = new ArrayList<>();
    private final Upstream upstream;
    private final Books books;
    private final Recalled recalled;
    private final int files;

    /** The power goes right after this request was let in: what is not on the disk yet is lost. */
    private final int fatal;

    private final Faults faults;
    private int rounds;
    private int volumes;
    private int served;

    private World(long seed, Parts parts, boolean traced) {
        this.parts = parts;
        this.random = new SplittableRandom(seed);
        this.trace = new Trace(time, traced);
        this.shape = Shape.random(random);
        this.early =
                random.nextInt(3) == 0
                        ? random.nextLong(shape.horizon() / VirtualTime.MILLI)
                        : 1_800_000;
        this.files = random.nextInt(8) == 0 ? 3 : 6;
        this.recalled = new Recalled(this);
        this.bank = new Bank(this::millis, recalled::asked);
        this.upstream = new Upstream(this);
        this.books = new Books(this);
        this.fatal = random.nextInt(shape.tight() ? 3 : 5) == 0 ? 1 + shape.room(random, 20) : 0;
        this.faults = new Faults(this);
    }

    /**
     * Runs a seed to its end.
     *
     * @throws Violation if something was that must never be
     */
    static World run(long seed, Parts parts, boolean traced) {
        var world = new World(seed, parts, traced);
        world.begin();
        while (!world.books.isDone() && world.time.step()) {
            world.books.check();
        }
        world.books.checkAtEnd();
        return world;
    }

    /** What happened before a seed went wrong, and how it went wrong. */
    static String explain(long seed, Parts parts) {
        var world = new World(seed, parts, true);
        try {
            world.begin();
            while (!world.books.isDone() && world.time.step()) {
                world.books.check();
            }
            world.books.checkAtEnd();
            return "seed " + seed + ": nothing";
        } catch (RuntimeException e) {
            return "seed " + seed + "\n" + world.trace + "\n" + e;
        }
    }

    private void begin() {
        for (int i = 0; i < shape.tenants(); i++) {
            var party = Party.random(random, shape, i);
            parties.add(party);
            bank.rows().credit(party.id, party.paidIn(), 0);
            party.caps.forEach(cap -> bank.rows().limit(cap.name, cap.limit()));
        }
        int count = 1 + random.nextInt(2);
        for (int i = 0; i < count; i++) {
            billings.add(new BillingProcess(i, this));
        }
        for (int i = 0; i < shape.gateways(); i++) {
            addSite(newVolume());
        }
        for (int i = 0; i < shape.requests(); i++) {
            time.after(random.nextLong(shape.horizon()), this::request);
        }
        watchLater();
        faults.plan();
        time.after(shape.horizon(), books::comeToRest);
    }

    private void watchLater() {
        time.after(
                ROUND,
                () -> {
                    boolean vanished = ++rounds % VANISHED_EVERY == 0;
                    billings.forEach(billing -> billing.rounds(vanished));
                    recalled.look();
                    watchLater();
                });
    }

    Volume newVolume() {
        return new Volume("volume-" + ++volumes, random, files);
    }

    Site addSite(Volume volume) {
        var site = new Site(sites.size(), time, random, shape);
        parties.forEach(party -> party.caps.forEach(cap -> tell(site, cap)));
        sites.add(site);
        boolean stays = random.nextBoolean();
        volume.machine().filter(_ -> stays).ifPresent(site::isOn);
        start(site, volume);
        envoys.add(new Envoy(this, site));
        return site;
    }

    void start(Site site, Volume volume) {
        var process = new GatewayProcess(this, site, volume);
        site.process = process;
        trace.say(() ->
                site
                        + " starts on "
                        + volume
                        + " as "
                        + process.journal().incarnation()
                        + ", open holds "
                        + process.journal().openHolds()
                        + ", unacked from "
                        + process.journal().unacked()
                        + " of timeline "
                        + process.journal().lives().timeline()
                        + ", damaged "
                        + process.journal().damagedBytes());
    }

    void tell(Site site, Party.Cap cap) {
        site.tell(cap, parts.isTold(cap) ? cap.amount() : -1);
    }

    private void request() {
        int i = random.nextInt(sites.size());
        var site = sites.get(i);
        var envoy = envoys.get(i);
        var party = parties.get(random.nextInt(parties.size()));
        var worst = new Parts.Worst(1 + random.nextInt(60), 1 + random.nextInt(60));
        var process = site.process;
        if (process == null || !process.isAlive() || !envoy.takesRequests()) {
            return;
        }
        var truth = truth(worst);
        var held = parts.hold(worst);
        var key = Party.KEYS.get(random.nextInt(Party.KEYS.size()));
        var terms = terms(site, party, held).setKeyUid(Party.bytes(key));
        long cost = held.input() + held.output();
        process.take(
                terms,
                new Amounts(1, cost, held.input(), held.output()),
                party,
                key.toString(),
                (outcome, caps) -> {
                    if (outcome instanceof HoldOutcome.Held(var hold)) {
                        var request =
                                new Request(
                                        ++served,
                                        hold.message(),
                                        key.toString(),
                                        party,
                                        caps,
                                        truth);
                        held(site, envoy, process, request);
                    } else {
                        trace.say(() -> site + " refuses " + outcome);
                        books.refused(party, outcome);
                    }
                });
    }

    private void held(Site site, Envoy envoy, GatewayProcess process, Request request) {
        trace.say(() ->
                "held "
                        + request
                        + " of "
                        + request.tenant.id
                        + " cost "
                        + request.hold.getCostMicros()
                        + " taken "
                        + request.hold.getTakenList().toString().replace("\n", " "));
        upstream.held(request, process.volume());
        if (random.nextInt(20) == 0) {
            trace.say(() -> "cancelled " + request);
            request.cancelled = true;
            process.voidHold(request.hold);
        } else if (envoy.takesRequests()) {
            boolean isLong = random.nextInt(shape.tight() ? 3 : 6) == 0;
            long nanos = random.nextLong(isLong ? LONGEST_STREAM : 2 * VirtualTime.SECOND);
            envoy.carry(request, nanos);
            upstream.carries(request);
        }
        if (request.number == fatal) {
            time.after(
                    random.nextLong(100 * VirtualTime.MILLI), () -> faults.cutPower(site, envoy));
        }
    }

    private Request.Truth truth(Parts.Worst worst) {
        long input = 1 + random.nextLong(worst.input());
        long output = random.nextInt(3) == 0 ? worst.output() : 1 + random.nextLong(worst.output());
        return switch (random.nextInt(12)) {
            case 0 -> new Request.Truth(input, output, Request.End.LEFT);
            case 1 -> new Request.Truth(input, output, Request.End.FAILED);
            default -> new Request.Truth(input, output, Request.End.SERVED);
        };
    }

    private Hold.Builder terms(Site site, Party party, Parts.Worst worst) {
        return Hold.newBuilder()
                .setHoldId(ByteString.copyFrom(site.mint(parts).toBytes()))
                .setTenantId(party.bytes)
                .setKeyId(1)
                .setDialect("openai-chat")
                .setModel("m")
                .setUpstreamModel("m")
                .setPriceVersion(1)
                .setPriceFactorMillionths(1_000_000)
                .setInputTokens(worst.input())
                .setOutputTokens(worst.output())
                .setCostMicros(worst.input() + worst.output())
                .setAdmittedAtMillis(millis())
                .setRequestBytes(3 * worst.input());
    }

    /** The database's clock. */
    long millis() {
        return EPOCH_MILLIS - early + time.now() / VirtualTime.MILLI;
    }

    long tickNanos() {
        return (300 + random.nextLong(1_000)) * VirtualTime.MILLI;
    }

    /** A billing that a site would be connected to now. */
    Optional<BillingProcess> reachable(Site site) {
        if (!site.isReachable()) {
            return Optional.empty();
        }
        var up = billings.stream().filter(BillingProcess::isUp).toList();
        return up.isEmpty() ? Optional.empty() : Optional.of(up.get(random.nextInt(up.size())));
    }

    Parts parts() {
        return parts;
    }

    RandomGenerator random() {
        return random;
    }

    VirtualTime time() {
        return time;
    }

    Trace trace() {
        return trace;
    }

    Shape shape() {
        return shape;
    }

    long horizon() {
        return shape.horizon();
    }

    Bank bank() {
        return bank;
    }

    List<Party> parties() {
        return parties;
    }

    List<Site> sites() {
        return sites;
    }

    List<Envoy> envoys() {
        return envoys;
    }

    List<BillingProcess> billings() {
        return billings;
    }

    /** Volumes that no process has now, and that will be found again. */
    List<Volume> detached() {
        return detached;
    }

    Books books() {
        return books;
    }

    Recalled recalled() {
        return recalled;
    }

    Upstream upstream() {
        return upstream;
    }
}
