package io.apihub.billing.usage;

import io.apihub.billing.budget.CreditOffice;
import io.apihub.billing.budget.CreditSession;
import io.apihub.billing.budget.CreditStore;
import io.apihub.billing.budget.MemoryCreditStore;
import io.apihub.billing.stream.Outbox;
import io.apihub.credit.v1.OpenResponse;
import io.apihub.model.price.PriceSheet;
import io.apihub.usage.v1.ReportResponse;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Billing's decisions over rows in memory: one thread, no network, time and randomness from
 * outside. What a simulation runs.
 */
public final class MemoryBilling {

    private final MemoryCreditStore store;
    private final MemoryUsage usage;
    private final CreditOffice office;
    private final UsageIngest ingest;
    private final Map<Long, PriceSheet> prices = new HashMap<>();

    /**
     * Where time, chance and trust come from.
     *
     * @param millis the store's clock, since 1970
     * @param nanos monotonic
     * @param slotsOutlive no request of a vanished gateway lasts longer
     * @param granting false: a commit might be lost, so nothing is granted
     */
    public record World(
            LongSupplier millis,
            LongSupplier nanos,
            RandomGenerator random,
            BooleanSupplier granting,
            Duration slotsOutlive) {

        /** With requests of at most an hour. */
        public World(
                LongSupplier millis,
                LongSupplier nanos,
                RandomGenerator random,
                BooleanSupplier granting) {
            this(millis, nanos, random, granting, Duration.ofHours(1));
        }
    }

    public MemoryBilling(World world) {
        this(world, new MemoryCreditStore(world.millis()));
    }

    private MemoryBilling(World world, MemoryCreditStore store) {
        this(world, store, store);
    }

    /** With something between the decisions and the rows: where mutants of the store go. */
    public MemoryBilling(World world, MemoryCreditStore rows, CreditStore seen) {
        this(world, rows, seen, new MemoryUsage(rows));
    }

    /** One of several processes that share all rows. */
    public MemoryBilling(
            World world, MemoryCreditStore rows, CreditStore seen, MemoryUsage shared) {
        var metrics = new SimpleMeterRegistry();
        this.store = rows;
        this.usage = shared;
        this.office =
                new CreditOffice(
                        seen,
                        new CreditOffice.Surroundings(
                                world.granting(), world.nanos(), world.slotsOutlive(), metrics));
        this.ingest =
                new UsageIngest(
                        new UsageBooks(
                                seen,
                                usage,
                                usage,
                                version -> Optional.ofNullable(prices.get(version)),
                                office.shadows(),
                                uids -> Map.of()),
                        world.random(),
                        metrics);
    }

    public void prices(PriceSheet sheet) {
        prices.put(sheet.version(), sheet);
    }

    public MemoryCreditStore store() {
        return store;
    }

    /** Usage rows and ledger. */
    public MemoryUsage usage() {
        return usage;
    }

    public CreditOffice office() {
        return office;
    }

    /** A gateway opens its stream of credit. */
    public CreditSession credit(Outbox<OpenResponse> outbox) {
        return office.open(outbox);
    }

    /** A gateway opens its stream of usage. */
    public UsageSession report(Outbox<ReportResponse> outbox) {
        return UsageSession.direct(ingest, outbox);
    }
}
