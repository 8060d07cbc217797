package io.apihub.bench;

import io.apihub.bench.BenchMain.Settings;
import java.io.IOException;
import java.util.Locale;

/** What leases cost the gateway if many keys, each with six limits of its own, become active. */
final class LimitsBench {

    private static final int KEYS = 20_000;
    private static final int TENANTS = 100;
    private static final int WARM_UP = 5_000;

    private final Settings settings;

    LimitsBench(Settings settings) {
        this.settings = settings;
    }

    void run() throws IOException, InterruptedException {
        var policy = new BenchPolicy(KEYS, TENANTS, BenchPolicy.Limits.KEY);
        try (var gateway = Gateway.start(settings.root(), policy)) {
            gateway.loadMillis();
            try (var log = new HoldLog(gateway.usageSocket());
                    var load = CheckLoad.ofAllKeys(gateway.authzSocket(), KEYS, log::add)) {
                load.run(WARM_UP);
                gateway.awaitRecords(log.end());
                long heap = gateway.process().heapBytes();
                long before = gateway.leases();
                double cpu = gateway.process().cpuMicros();
                long began = System.nanoTime();
                load.run(KEYS);
                double seconds = (System.nanoTime() - began) / 1e9;
                cpu = gateway.process().cpuMicros() - cpu;
                gateway.awaitRecords(log.end());
                long leases = gateway.leases() - before;
                print(leases, seconds, cpu, gateway.process().heapBytes() - heap);
            }
        }
    }

    private static void print(long leases, double seconds, double cpu, long heap) {
        System.out.printf(
                Locale.ROOT,
                "| leases | a second | µs of CPU each | bytes of heap each |%n|---|---|---|---|%n"
                        + "| %,d | %,.0f | %.2f | %.0f |%n",
                leases,
                leases / seconds,
                cpu / leases,
                (double) heap / leases);
    }
}
