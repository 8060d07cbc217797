package io.apihub.e2e.simulation;

import java.util.Locale;

/** Runs seeds: {@code first count} prints the first that goes wrong, and the speed. */
final class Runs {

    private Runs() {}

    public static void main(String[] arguments) {
        long first = Long.parseLong(arguments[0]);
        long count = Long.parseLong(arguments[1]);
        if (arguments.length > 2) {
            mutants(first, count);
            return;
        }
        long begun = System.nanoTime();
        for (long seed = first; seed < first + count; seed++) {
            try {
                World.run(seed, new Parts(), false);
            } catch (RuntimeException e) {
                System.out.println(World.explain(seed, new Parts()));
                System.exit(1);
            }
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.out.printf(Locale.ROOT, "%d seeds, %.0f a second%n", count, count / seconds);
    }

    private static void mutants(long first, long most) {
        for (var mutant : Mutant.values()) {
            long seed = first;
            int caught = 0;
            String how = "";
            long found = -1;
            for (; seed < first + most; seed++) {
                try {
                    World.run(seed, mutant.parts(), false);
                } catch (RuntimeException e) {
                    caught++;
                    found = found < 0 ? seed : found;
                    how = how.isEmpty() ? String.valueOf(e) : how;
                }
            }
            System.out.printf(
                    Locale.ROOT,
                    "%s: caught by %d of %d seeds, first %d: %.150s%n",
                    mutant,
                    caught,
                    most,
                    found,
                    how);
        }
    }
}
