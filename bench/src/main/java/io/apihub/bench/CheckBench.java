package io.apihub.bench;

import io.apihub.bench.BenchMain.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * CPU per decision of ext-authz against a null authorizer, both over a unix socket in interleaved
 * rounds; heap per key; time to load a snapshot.
 */
final class CheckBench {

    private static final List<Integer> BODIES = List.of(200, 20_000, 200_000);

    private final Settings settings;

    CheckBench(Settings settings) {
        this.settings = settings;
    }

    void run() throws IOException, InterruptedException {
        var loads = new ArrayList<String>();
        System.out.println(
                "| keys | body | null µs | ext-authz µs | ratio |\n|---|---|---|---|---|");
        long smallHeap = 0;
        int smallKeys = 0;
        for (int keys : settings.keys()) {
            try (var gateway = Gateway.start(settings.root(), keys);
                    var floor = NullProcess.start()) {
                long millis = gateway.loadMillis();
                long heap = gateway.process().heapBytes();
                compare(gateway, floor, keys);
                var perKey =
                        smallKeys == 0
                                ? "–"
                                : String.format(
                                        Locale.ROOT,
                                        "%.1f",
                                        (double) (heap - smallHeap) / (keys - smallKeys));
                loads.add(
                        String.format(
                                Locale.ROOT,
                                "| %,d | %,d | %.1f | %s |",
                                keys,
                                millis,
                                heap / 1048576.0,
                                perKey));
                smallHeap = smallKeys == 0 ? heap : smallHeap;
                smallKeys = smallKeys == 0 ? keys : smallKeys;
            }
        }
        System.out.println("\n| keys | load ms | heap MiB | bytes a key |\n|---|---|---|---|");
        loads.forEach(System.out::println);
    }

    private void compare(Gateway gateway, NullProcess floor, int keys)
            throws IOException, InterruptedException {
        for (int body : BODIES) {
            var floorMicros = new ArrayList<Double>();
            var realMicros = new ArrayList<Double>();
            int count = body > 100_000 ? settings.requests() / 10 : settings.requests();
            try (var toFloor = new CheckLoad(floor.authzSocket(), keys, body);
                    var toReal = new CheckLoad(gateway.authzSocket(), keys, body)) {
                toFloor.run(count);
                toReal.run(count);
                for (int round = 0; round < settings.rounds(); round++) {
                    floorMicros.add(measure(toFloor, floor.process(), count));
                    realMicros.add(measure(toReal, gateway.process(), count));
                }
            }
            double a = median(floorMicros);
            double b = median(realMicros);
            System.out.printf(
                    Locale.ROOT, "| %,d | %,d | %.1f | %.1f | %.2f |%n", keys, body, a, b, b / a);
        }
    }

    private static double measure(CheckLoad load, ChildProcess process, int count)
            throws IOException, InterruptedException {
        long before = process.cpuMicros();
        load.run(count);
        return (double) (process.cpuMicros() - before) / count;
    }

    static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
