package io.apihub.e2e.simulation;

import java.util.Locale;

/**
 * Runs seeds: {@code first count} prints the least that goes wrong, and the speed; with a third
 * argument, the mutants whose names match it and how often each is caught.
 */
final class Runs {

    /** After so many it says how far it is. */
    private static final long BLOCK = 50_000;

    private Runs() {}

    public static void main(String[] arguments) {
        long first = Long.parseLong(arguments[0]);
        long count = Long.parseLong(arguments[1]);
        if (arguments.length > 2) {
            mutants(first, count, arguments[2]);
            return;
        }
        long begun = System.nanoTime();
        for (long at = first; at < first + count; at += BLOCK) {
            var failed = Seeds.from(at, Math.min(BLOCK, first + count - at)).firstFailure();
            if (failed.isPresent()) {
                System.out.println(World.explain(failed.getAsLong(), new Parts()));
                System.exit(1);
            }
            long done = Math.min(at - first + BLOCK, count);
            System.out.printf(
                    Locale.ROOT,
                    "%d seeds from %d on, %.0f a second%n",
                    done,
                    first,
                    done * 1e9 / (System.nanoTime() - begun));
        }
    }

    private static void mutants(long first, long most, String names) {
        for (var mutant : Mutant.values()) {
            if (!mutant.name().matches(names)) {
                continue;
            }
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
