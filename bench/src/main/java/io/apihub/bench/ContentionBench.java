package io.apihub.bench;

import io.apihub.bench.BenchMain.Settings;
import java.io.IOException;
import java.util.Locale;

/** What it costs if 64 streams at once take from one account instead of 64. */
final class ContentionBench {

    private static final int STREAMS = 64;
    private static final int KEYS = 1_024;
    private static final int BODY = 200;
    private static final int WARM_UP = 60_000;
    private static final int BURST = 5_000;

    private final Settings settings;

    ContentionBench(Settings settings) {
        this.settings = settings;
    }

    void run() throws IOException, InterruptedException {
        try (var many = Gateway.start(settings.root(), of(STREAMS));
                var one = Gateway.start(settings.root(), of(1))) {
            many.loadMillis();
            one.loadMillis();
            try (var manyLog = new HoldLog(many.usageSocket());
                    var oneLog = new HoldLog(one.usageSocket());
                    var toMany =
                            new CheckLoad(many.authzSocket(), STREAMS, KEYS, BODY, manyLog::add);
                    var toOne =
                            new CheckLoad(one.authzSocket(), STREAMS, KEYS, BODY, oneLog::add)) {
                burst(many, toMany, manyLog, WARM_UP);
                burst(one, toOne, oneLog, WARM_UP);
                var rounds = new Rounds();
                int bursts = Math.ceilDiv(settings.requests(), BURST);
                for (int round = 0; round < settings.rounds(); round++) {
                    double a = 0;
                    double b = 0;
                    for (int i = 0; i < bursts; i++) {
                        a += burst(many, toMany, manyLog, BURST);
                        b += burst(one, toOne, oneLog, BURST);
                    }
                    rounds.add(a / bursts / BURST, b / bursts / BURST);
                }
                print(rounds);
            }
        }
    }

    private static BenchPolicy of(int tenants) {
        return new BenchPolicy(KEYS, tenants, BenchPolicy.Limits.NONE);
    }

    /** Checks, and then ends their holds; processor time of the checks. */
    private static double burst(Gateway gateway, CheckLoad load, HoldLog log, int count)
            throws IOException, InterruptedException {
        double before = gateway.process().cpuMicros();
        load.run(count);
        double spent = gateway.process().cpuMicros() - before;
        gateway.awaitRecords(log.end());
        return spent;
    }

    private static void print(Rounds rounds) {
        System.out.println(
                "| 64 accounts µs | one account µs | checks per CPU second lost | middle half of"
                        + " the ratio |\n|---|---|---|---|");
        System.out.printf(
                Locale.ROOT,
                "| %.1f | %.1f | %.0f %% | %s |%n",
                rounds.floor(),
                rounds.real(),
                100 * (1 - 1 / rounds.ratio()),
                rounds.spread());
    }
}
