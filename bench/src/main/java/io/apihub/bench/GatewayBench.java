package io.apihub.bench;

import io.apihub.bench.BenchMain.Settings;
import io.apihub.dev.tool.Toolbox;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * CPU of Envoy and authorizer together, a request: a bare router, the real chain with a null
 * authorizer (the floor of this design), and the real gateway. Interleaved rounds; medians count.
 */
final class GatewayBench {

    private static final List<Integer> BODIES = List.of(200, 20_000, 200_000);

    private final Settings settings;

    GatewayBench(Settings settings) {
        this.settings = settings;
    }

    void run() throws IOException, InterruptedException {
        var envoy = Toolbox.standard().envoy();
        try (var upstream = new FixedUpstream();
                var bare = DataPlane.bare(envoy, upstream.port());
                var floor = DataPlane.withNullAuthorizer(envoy, upstream.port());
                var real = DataPlane.whole(envoy, settings.root(), upstream.port())) {
            System.out.println(
                    "| body | bare router µs | chain + null authorizer µs | APIHub µs |"
                            + " to floor | to bare |\n|---|---|---|---|---|---|");
            for (int body : BODIES) {
                compare(List.of(bare, floor, real), body);
            }
        }
    }

    private void compare(List<DataPlane> planes, int body)
            throws IOException, InterruptedException {
        int count = body > 100_000 ? settings.requests() / 10 : settings.requests();
        var micros = new ArrayList<List<Double>>();
        for (var plane : planes) {
            micros.add(new ArrayList<>());
            new HttpLoad(plane.port(), body).run(count); // warm-up
        }
        for (int round = 0; round < settings.rounds(); round++) {
            for (int i = 0; i < planes.size(); i++) {
                micros.get(i).add(measure(planes.get(i), body, count));
            }
        }
        var medians = micros.stream().map(Rounds::median).toList();
        System.out.printf(
                Locale.ROOT,
                "| %,d | %.1f | %.1f | %.1f | %.2f | %.2f |%n",
                body,
                medians.get(0),
                medians.get(1),
                medians.get(2),
                medians.get(2) / medians.get(1),
                medians.get(2) / medians.get(0));
    }

    private static double measure(DataPlane plane, int body, int count)
            throws IOException, InterruptedException {
        double before = plane.cpuMicros();
        new HttpLoad(plane.port(), body).run(count);
        return (plane.cpuMicros() - before) / count;
    }
}
