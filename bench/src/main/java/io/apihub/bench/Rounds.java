package io.apihub.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Processor time of two variants for each operation, measured in turns. For one thread. */
final class Rounds {

    private final List<Double> floor = new ArrayList<>();
    private final List<Double> real = new ArrayList<>();
    private final List<Double> ratios = new ArrayList<>();

    void add(double floorMicros, double realMicros) {
        floor.add(floorMicros);
        real.add(realMicros);
        ratios.add(realMicros / floorMicros);
    }

    double floor() {
        return median(floor);
    }

    double real() {
        return median(real);
    }

    /** Median of the rounds' own ratios: what disturbs a round disturbs both of its halves. */
    double ratio() {
        return median(ratios);
    }

    /** The middle half of the rounds. */
    String spread() {
        var sorted = ratios.stream().sorted().toList();
        int quarter = sorted.size() / 4;
        return String.format(
                Locale.ROOT,
                "%.2f – %.2f",
                sorted.get(quarter),
                sorted.get(sorted.size() - 1 - quarter));
    }

    static double median(List<Double> values) {
        var sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(half)
                : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
}
