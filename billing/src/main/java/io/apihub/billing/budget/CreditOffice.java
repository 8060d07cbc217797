package io.apihub.billing.budget;

import io.apihub.billing.stream.Outbox;
import io.apihub.credit.v1.OpenResponse;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * All that answers gateways about credit, without network, threads or framework: streams come in,
 * rows are in a {@link CreditStore}, time comes from it and from a ticker.
 */
public final class CreditOffice {

    private final CreditStore store;
    private final Surroundings surroundings;
    private final Leases leases;
    private final CreditClerk clerk;
    private final CreditStreams streams = new CreditStreams();
    private final ShadowLimits shadows = new ShadowLimits();
    private final CreditRounds rounds;
    private CreditWork.Line line;

    /**
     * What is around it.
     *
     * @param granting false: nothing is granted, as a commit might be lost
     * @param ticker nanoseconds, monotonic
     * @param slotsOutlive no request of a vanished gateway lasts longer than this
     */
    public record Surroundings(
            BooleanSupplier granting,
            LongSupplier ticker,
            Duration slotsOutlive,
            MeterRegistry metrics) {}

    /** Does everything at once, in the thread that brings it. */
    public CreditOffice(CreditStore store, Surroundings surroundings) {
        this.store = store;
        this.surroundings = surroundings;
        this.leases = new Leases(store);
        this.clerk = new CreditClerk(leases, surroundings.ticker(), surroundings.metrics());
        this.line =
                work -> {
                    clerk.process(List.of(work));
                    return true;
                };
        this.rounds =
                new CreditRounds(this, store, surroundings.slotsOutlive(), surroundings.metrics());
    }

    /** The limits that settlement counts. */
    public ShadowLimits shadows() {
        return shadows;
    }

    /** What is done unasked. */
    public CreditRounds rounds() {
        return rounds;
    }

    /** A gateway's stream begins. */
    public CreditSession open(Outbox<OpenResponse> outbox) {
        return new CreditSession(this, outbox);
    }

    /** Grants, returns and closings, without a stream. */
    public Leases leases() {
        return leases;
    }

    /** Asks for leases back: noted first, so that it is said again on the next stream. */
    public void recall(Map<UUID, Set<Long>> leasesByIncarnation) {
        store.recall(leasesByIncarnation.values().stream().flatMap(Set::stream).sorted().toList());
        streams.recall(leasesByIncarnation);
    }

    /** From now on what comes waits in a line. */
    void workThrough(CreditWork.Line queue) {
        line = queue;
    }

    CreditStore store() {
        return store;
    }

    CreditStreams streams() {
        return streams;
    }

    CreditClerk clerk() {
        return clerk;
    }

    CreditWork.Line line() {
        return line;
    }

    boolean isGranting() {
        return surroundings.granting().getAsBoolean();
    }

    long nanos() {
        return surroundings.ticker().getAsLong();
    }
}
