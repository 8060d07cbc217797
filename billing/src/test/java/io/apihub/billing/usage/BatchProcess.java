package io.apihub.billing.usage;

import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.testing.Bank;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** A billing process of its own that makes {@link MixedBatches} with several connections. */
final class BatchProcess {

    static final String DONE = "DONE";

    private static final int THREADS = 6;

    private BatchProcess() {}

    /**
     * Runs to its end and says what it did.
     *
     * @param args the database's URL, a seed, a number of batches, the price version; then tenant
     *     ids and namespaces in turn
     */
    public static void main(String[] args) throws Exception {
        var tenants = new ArrayList<UUID>();
        var namespaces = new ArrayList<String>();
        for (int i = 4; i < args.length; i += 2) {
            tenants.add(UUID.fromString(args[i]));
            namespaces.add(args[i + 1]);
        }
        var target = new MixedBatches.Target(tenants, namespaces, Long.parseLong(args[3]));
        try (var bank = Bank.on(TestDatabase.at(args[0]))) {
            var batches = new MixedBatches(bank, target);
            run(batches, Long.parseLong(args[1]), Integer.parseInt(args[2]));
            batches.end();
            System.out.println(DONE + " " + batches.credited() + " " + batches.holds());
        }
    }

    private static void run(MixedBatches batches, long seed, int count)
            throws InterruptedException, ExecutionException {
        List<Callable<Boolean>> work =
                Stream.iterate(0, i -> i < count, i -> i + 1)
                        .<Callable<Boolean>>map(i ->
                                () -> {
                                    batches.make(new Random(seed * 1_000_003 + i));
                                    return true;
                                })
                        .toList();
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            for (var done : threads.invokeAll(work)) {
                done.get();
            }
        }
    }
}
