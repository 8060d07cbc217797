package io.apihub.billing.credit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The arithmetic of credit that expires, against one that moves coin by coin. */
class LotsTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final int HISTORIES = 2_000;
    private static final int STEPS = 30;

    /** Each coin by itself: lots by expiry, then by age, and what does not expire. */
    private static final class Coins {
        private final TreeMap<List<Integer>, Integer> lots =
                new TreeMap<>((a, b) -> {
                    int byExpiry = a.getFirst().compareTo(b.getFirst());
                    return byExpiry != 0 ? byExpiry : a.getLast().compareTo(b.getLast());
                });
        private int lasting;
        private int debt;

        private int balance() {
            return lots.values().stream().mapToInt(Integer::intValue).sum() + lasting - debt;
        }

        private void use() {
            for (var lot : lots.entrySet()) {
                if (lot.getValue() > 0) {
                    lot.setValue(lot.getValue() - 1);
                    return;
                }
            }
            if (lasting > 0) {
                lasting--;
            } else {
                debt++;
            }
        }

        /** What lasts goes back first, then what expires last. */
        private void payBack() {
            if (lasting > 0) {
                lasting--;
                return;
            }
            for (var lot : lots.descendingMap().entrySet()) {
                if (lot.getValue() > 0) {
                    lot.setValue(lot.getValue() - 1);
                    return;
                }
            }
            debt++;
        }

        private boolean repaid() {
            if (debt == 0) {
                return false;
            }
            debt--;
            return true;
        }
    }

    @Test
    void lotsAreWhatIsLeftCoinByCoin() {
        for (int seed = 0; seed < HISTORIES; seed++) {
            var random = new Random(seed);
            var coins = new Coins();
            var lots = new Lots(List.of());
            for (int step = 0; step < STEPS; step++) {
                lots = step(random, coins, lots, step);
                check(coins, lots, "seed " + seed + " step " + step);
            }
        }
    }

    private static Lots step(Random random, Coins coins, Lots lots, int number) {
        int amount = 1 + random.nextInt(20);
        return switch (random.nextInt(5)) {
            case 0, 1 -> {
                for (int i = 0; i < amount; i++) {
                    coins.use();
                }
                yield lots.use(amount).within(coins.balance());
            }
            case 2 -> {
                for (int i = 0; i < amount; i++) {
                    coins.payBack();
                }
                yield lots.within(coins.balance());
            }
            case 3 -> {
                for (int i = 0; i < amount; i++) {
                    if (!coins.repaid()) {
                        coins.lasting++;
                    }
                }
                yield lots;
            }
            default -> gift(random.nextInt(6), amount, number, coins, lots);
        };
    }

    private static Lots gift(int expiry, int amount, int number, Coins coins, Lots lots) {
        var key = List.of(expiry, number);
        coins.lots.put(key, 0);
        for (int i = 0; i < amount; i++) {
            if (!coins.repaid()) {
                coins.lots.merge(key, 1, Integer::sum);
            }
        }
        var more = new ArrayList<>(lots.inOrder());
        more.add(
                new Lots.Lot(
                        number, START.plusSeconds(expiry), lots.newLot(amount, coins.balance())));
        return new Lots(more);
    }

    private static void check(Coins coins, Lots lots, String when) {
        assertThat(lots.inOrder())
                .as(when)
                .extracting(Lots.Lot::remaining)
                .containsExactlyElementsOf(
                        coins.lots.values().stream().map(Integer::longValue).toList());
        assertThat(lots.remaining()).as(when).isLessThanOrEqualTo(Math.max(0, coins.balance()));
    }
}
