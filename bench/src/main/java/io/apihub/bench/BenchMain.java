package io.apihub.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code bench/run check|contention|limits|leases|gateway|ingest|posting|notify|usage|start|jmh}:
 * measures and prints Markdown tables.
 */
public final class BenchMain {

    private static final int STARTS = 7;

    private BenchMain() {}

    public static void main(String[] args) throws Exception {
        var rest = List.of(args).subList(Math.min(1, args.length), args.length);
        switch (args.length == 0 ? "" : args[0]) {
            case "check" -> new CheckBench(settings(rest)).run();
            case "contention" -> new ContentionBench(settings(rest)).run();
            case "limits" -> new LimitsBench(settings(rest)).run();
            case "gateway" -> new GatewayBench(settings(rest)).run();
            case "ingest" -> ingest(args, rest);
            case "posting" -> new PostingBench(settings(rest)).run();
            case "leases" -> new LeasesBench().run();
            case "notify" -> new NotifyBench().run();
            case "usage" -> new UsageBench(records(rest)).run();
            case "start" -> new StartBench(settings(rest).root(), STARTS).run();
            case "jmh" -> org.openjdk.jmh.Main.main(rest.toArray(String[]::new));
            default -> {
                System.err.println(
                        "usage: bench/run check|contention|limits|leases|gateway|ingest|posting|notify [--rounds N] [--requests N] [--keys N,N]"
                                + " [--bodies N,N] [--limits none,tenant,key] [--profile DIR] | usage [--records N] | start | jmh [JMH options]");
                System.exit(2);
            }
        }
    }

    private static void ingest(String[] args, List<String> rest) throws Exception {
        if (!OwnHeap.isHere()) {
            System.exit(OwnHeap.run(args));
        }
        var own = new ArrayList<>(List.of("--rounds", "5", "--requests", "200000"));
        own.addAll(rest);
        new IngestBench(settings(own)).run();
    }

    private static int records(List<String> args) {
        return args.size() == 2 && args.getFirst().equals("--records")
                ? Integer.parseInt(args.get(1))
                : 10_000_000;
    }

    private static Settings settings(List<String> args) throws IOException {
        int rounds = 9;
        int requests = 30_000;
        var keys = List.of(1_000, 1_000_000);
        var bodies = List.of(200, 20_000, 200_000);
        var limits = List.of(BenchPolicy.Limits.NONE, BenchPolicy.Limits.TENANT);
        @Nullable Path profiles = null;
        for (int i = 0; i + 1 < args.size(); i += 2) {
            var value = args.get(i + 1);
            switch (args.get(i)) {
                case "--rounds" -> rounds = Integer.parseInt(value);
                case "--requests" -> requests = Integer.parseInt(value);
                case "--keys" -> keys = numbers(value);
                case "--bodies" -> bodies = numbers(value);
                case "--limits" -> limits = limits(value);
                case "--profile" -> profiles = Files.createDirectories(Path.of(value));
                default -> throw new IllegalArgumentException("unknown option " + args.get(i));
            }
        }
        var root = Path.of("").toAbsolutePath();
        return new Settings(root, rounds, requests, new Load(keys, bodies, limits), profiles);
    }

    private static List<BenchPolicy.Limits> limits(String commaSeparated) {
        return Arrays.stream(commaSeparated.toUpperCase(Locale.ROOT).split(",", -1))
                .map(BenchPolicy.Limits::valueOf)
                .toList();
    }

    private static List<Integer> numbers(String commaSeparated) {
        return Arrays.stream(commaSeparated.split(",", -1)).map(Integer::valueOf).toList();
    }

    /**
     * @param root the checkout
     * @param rounds interleaved rounds of each variant; the median counts
     * @param requests requests a round
     * @param profiles where flight recordings of both processes go; null for none
     */
    record Settings(Path root, int rounds, int requests, Load load, @Nullable Path profiles) {}

    /**
     * What is measured in turns.
     *
     * @param keys numbers of keys to load
     * @param bodies sizes of bodies in bytes
     * @param limits who has six limits
     */
    record Load(List<Integer> keys, List<Integer> bodies, List<BenchPolicy.Limits> limits) {}
}
