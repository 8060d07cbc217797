package io.apihub.bench;

import io.apihub.bench.BenchMain.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * CPU per decision of ext-authz against a null authorizer, both over a unix socket in interleaved
 * rounds; heap per key; time to load a snapshot.
 */
final class CheckBench {

    private static final int WARM_UP = 60_000;

    /** Holds that are open at most; then they end, outside of what is measured. */
    private static final int BURST = 5_000;

    private final Settings settings;

    CheckBench(Settings settings) {
        this.settings = settings;
    }

    void run() throws IOException, InterruptedException {
        var loads = new Loads();
        System.out.println(
                "| keys | limits | body | null µs | ext-authz µs | ratio | middle half |\n"
                        + "|---|---|---|---|---|---|---|");
        for (int keys : settings.load().keys()) {
            for (var limits : settings.load().limits()) {
                measure(new BenchPolicy(keys, 1, limits), loads);
            }
        }
        loads.print();
    }

    private void measure(BenchPolicy policy, Loads loads) throws IOException, InterruptedException {
        boolean limited = policy.limits() != BenchPolicy.Limits.NONE;
        try (var gateway = Gateway.start(settings.root(), policy);
                var floor = NullProcess.start(limited)) {
            long millis = gateway.loadMillis();
            long heap = gateway.process().heapBytes();
            for (int body : settings.load().bodies()) {
                compare(gateway, floor, policy, body);
            }
            if (!limited) {
                loads.add(policy.keys(), millis, heap, gateway.restartMillis(settings.root()));
            }
        }
    }

    private void compare(Gateway gateway, NullProcess floor, BenchPolicy policy, int body)
            throws IOException, InterruptedException {
        int keys = policy.keys();
        int share = body > 100_000 ? 10 : 1;
        int burst = BURST / share;
        int count = Math.ceilDiv(settings.requests(), BURST) * burst;
        var rounds = new Rounds();
        try (var log = new HoldLog(gateway.usageSocket());
                var toFloor =
                        new CheckLoad(
                                floor.authzSocket(), CheckLoad.STREAMS, keys, body, hold -> {});
                var toReal =
                        new CheckLoad(
                                gateway.authzSocket(), CheckLoad.STREAMS, keys, body, log::add)) {
            toFloor.run(WARM_UP / share);
            toReal.run(WARM_UP / share);
            gateway.awaitRecords(log.end());
            startProfile(gateway, floor);
            for (int round = 0; round < settings.rounds(); round++) {
                double a = 0;
                double b = 0;
                for (int done = 0; done < count; done += burst) {
                    a += measure(toFloor, floor.process(), burst);
                    b += measure(toReal, gateway.process(), burst);
                    gateway.awaitRecords(log.end());
                }
                rounds.add(a / count, b / count);
            }
            writeProfile(gateway, floor, keys + "-" + policy.limits() + "-" + body + ".jfr");
        }
        System.out.printf(
                Locale.ROOT,
                "| %,d | %s | %,d | %.1f | %.1f | %.2f | %s |%n",
                keys,
                policy.limits() == BenchPolicy.Limits.NONE ? "–" : "6",
                body,
                rounds.floor(),
                rounds.real(),
                rounds.ratio(),
                rounds.spread());
    }

    private static double measure(CheckLoad load, ChildProcess process, int count)
            throws IOException, InterruptedException {
        double before = process.cpuMicros();
        load.run(count);
        return process.cpuMicros() - before;
    }

    private void startProfile(Gateway gateway, NullProcess floor)
            throws IOException, InterruptedException {
        if (settings.profiles() != null) {
            gateway.process().startProfile();
            floor.process().startProfile();
        }
    }

    private void writeProfile(Gateway gateway, NullProcess floor, String name)
            throws IOException, InterruptedException {
        @Nullable Path directory = settings.profiles();
        if (directory != null) {
            gateway.process().writeProfile(directory.resolve("ext-authz-" + name));
            floor.process().writeProfile(directory.resolve("null-" + name));
        }
    }

    /** What loading the keys took. */
    private static final class Loads {

        private final List<String> lines = new ArrayList<>();
        private int smallestKeys;
        private long smallestHeap;

        void add(int keys, long millis, long heap, long restart) {
            var perKey =
                    lines.isEmpty()
                            ? "–"
                            : String.format(
                                    Locale.ROOT,
                                    "%.1f",
                                    (double) (heap - smallestHeap) / (keys - smallestKeys));
            if (lines.isEmpty()) {
                smallestKeys = keys;
                smallestHeap = heap;
            }
            lines.add(
                    String.format(
                            Locale.ROOT,
                            "| %,d | %,d | %,d | %.1f | %s |",
                            keys,
                            millis,
                            restart,
                            heap / 1048576.0,
                            perKey));
        }

        void print() {
            System.out.println(
                    "\n| keys | load ms | from the volume ms | heap MiB | bytes a key |\n"
                            + "|---|---|---|---|---|");
            lines.forEach(System.out::println);
        }
    }
}
