package io.apihub.extauthz.credit;

import com.google.protobuf.ByteString;
import io.apihub.credit.v1.Hello;
import io.apihub.credit.v1.Inventory;
import io.apihub.credit.v1.LeaseState;
import io.apihub.extauthz.journal.Incarnation;
import io.apihub.extauthz.journal.UsageJournal;
import io.apihub.usage.v1.Hold;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Money for requests: the façade of this package. Call {@link #tick} a few times a second. */
public final class Credit {

    private static final long SECOND = 1_000_000_000L;

    private final String gateway;
    private final UsageJournal journal;
    private final CreditSession session;
    private final Leases leases;
    private final LongSupplier nanoTime;
    private long lastHousekeeping;
    private final EarlierLives earlier;
    private final Strangers strangers;
    private long lastPing;
    private volatile boolean finishing;

    /**
     * Where credit comes from.
     *
     * @param gateway the id of this gateway
     * @param delays must not run tasks on the calling thread
     * @param nanoTime monotonic
     */
    public record Source(
            String gateway, CreditTransport transport, Delays delays, LongSupplier nanoTime) {}

    public Credit(
            Source source, LeaseSettings settings, UsageJournal journal, MeterRegistry meters) {
        this.gateway = source.gateway();
        this.journal = journal;
        this.nanoTime = source.nanoTime();
        this.session =
                new CreditSession(
                        source.transport(),
                        this::hello,
                        settings.timeout(),
                        new FromBilling(),
                        source.nanoTime());
        var around =
                new TenantDesk.Surroundings(
                        session, source.delays(), source.nanoTime(), new ConcurrentHashMap<>());
        this.leases = new Leases(journal, settings, around, meters);
        this.earlier = new EarlierLives(journal, session, source.delays(), source.nanoTime());
        this.strangers = new Strangers(journal, session, leases::recall, nanoTime);
        this.lastHousekeeping = nanoTime.getAsLong();
        this.lastPing = lastHousekeeping;
        meters.gauge("apihub.extauthz.credit.connected", session, c -> c.isConnected() ? 1 : 0);
    }

    public Leases leases() {
        return leases;
    }

    /** Whether billing has welcomed this gateway. */
    public boolean isConnected() {
        return session.isConnected();
    }

    public synchronized void tick() {
        session.tick();
        long now = nanoTime.getAsLong();
        if (now - lastHousekeeping >= SECOND) {
            lastHousekeeping = now;
            leases.tick();
        }
        if (now - lastPing >= 10 * SECOND) {
            lastPing = now;
            session.ping();
        }
        if (session.isConnected()) {
            earlier.tick();
            closeDrained();
        }
    }

    private void closeDrained() {
        var lives = journal.lives();
        // First: of those that are drained on a later timeline nothing is closed on this one.
        long timeline = lives.timeline();
        for (var drained : lives.drained()) {
            if (finishing || !drained.equals(journal.incarnation())) {
                session.close(drained.bytes(), lives.isWhole(drained), timeline);
            }
        }
    }

    /** Gives all back and closes this incarnation as soon as billing has all its records. */
    public void finish() {
        finishing = true;
        leases.closeAll();
    }

    /** Whether billing has closed every incarnation, this one included. */
    public boolean isFinished() {
        return journal.lives().all().isEmpty();
    }

    /** Hangs up. */
    public void stop() {
        session.stop();
    }

    private Hello hello() {
        return helloOf(gateway, journal, leases);
    }

    private static Hello helloOf(String gateway, UsageJournal journal, Leases leases) {
        var hello =
                Hello.newBuilder()
                        .setGateway(gateway)
                        .setIncarnation(journal.incarnation().bytes());
        var open = new LinkedHashMap<ByteString, Map<Long, Long>>();
        journal.lives().all().forEach(each -> open.put(each.bytes(), new TreeMap<>()));
        for (var hold : journal.recovered()) {
            addOpen(open, hold, journal);
        }
        var own = open.computeIfAbsent(journal.incarnation().bytes(), _ -> new TreeMap<>());
        leases.inventory().forEach(lease -> own.put(lease.getLeaseId(), lease.getOpen()));
        open.forEach((incarnation, byLease) -> hello.addFound(inventory(incarnation, byLease)));
        return hello.build();
    }

    private static void addOpen(
            Map<ByteString, Map<Long, Long>> open, Hold hold, UsageJournal journal) {
        var byLease = open.get(hold.getIncarnation());
        var id = io.apihub.model.usage.HoldId.ofBytes(hold.getHoldId().toByteArray());
        if (byLease != null && journal.isOpen(id)) {
            hold.getTakenList()
                    .forEach(taken ->
                            byLease.merge(taken.getLeaseId(), taken.getAmount(), Long::sum));
        }
    }

    private static Inventory inventory(ByteString incarnation, Map<Long, Long> byLease) {
        var inventory = Inventory.newBuilder().setIncarnation(incarnation);
        byLease.forEach((id, amount) ->
                inventory.addLeases(LeaseState.newBuilder().setLeaseId(id).setOpen(amount)));
        return inventory.build();
    }

    /** What billing says unasked. */
    private final class FromBilling implements CreditSession.Events {

        @Override
        public void recalled(long leaseId) {
            if (!leases.recall(leaseId)) {
                strangers.recalled(leaseId);
            }
        }

        @Override
        public void closed(ByteString incarnation) {
            journal.lives().closed(Incarnation.of(incarnation));
        }

        @Override
        public void renewed(BillingTime at, long ttlMillis) {
            leases.renew(at, ttlMillis);
        }

        @Override
        public void timeline(long number) {
            journal.timeline(number);
        }

        @Override
        public void welcomed() {
            earlier.welcomed();
        }
    }
}
