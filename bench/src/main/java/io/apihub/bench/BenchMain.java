package io.apihub.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** {@code bench/run check|gateway|jmh}: measures and prints Markdown tables. */
public final class BenchMain {

    private BenchMain() {}

    public static void main(String[] args) throws Exception {
        var rest = List.of(args).subList(Math.min(1, args.length), args.length);
        switch (args.length == 0 ? "" : args[0]) {
            case "check" -> new CheckBench(settings(rest)).run();
            case "gateway" -> new GatewayBench(settings(rest)).run();
            case "jmh" -> org.openjdk.jmh.Main.main(rest.toArray(String[]::new));
            default -> {
                System.err.println(
                        "usage: bench/run check|gateway [--rounds N] [--requests N] [--keys N,N]"
                                + " | jmh [JMH options]");
                System.exit(2);
            }
        }
    }

    private static Settings settings(List<String> args) {
        int rounds = 5;
        int requests = 20_000;
        var keys = List.of(1_000, 1_000_000);
        for (int i = 0; i + 1 < args.size(); i += 2) {
            var value = args.get(i + 1);
            switch (args.get(i)) {
                case "--rounds" -> rounds = Integer.parseInt(value);
                case "--requests" -> requests = Integer.parseInt(value);
                case "--keys" ->
                        keys = Arrays.stream(value.split(",", -1)).map(Integer::valueOf).toList();
                default -> throw new IllegalArgumentException("unknown option " + args.get(i));
            }
        }
        return new Settings(Path.of("").toAbsolutePath(), rounds, requests, keys);
    }

    /**
     * @param root the checkout
     * @param rounds interleaved rounds of each variant; the median counts
     * @param requests requests a round
     * @param keys numbers of keys to load
     */
    record Settings(Path root, int rounds, int requests, List<Integer> keys) {}
}
