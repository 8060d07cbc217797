package io.apihub.extauthz.credit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateBucketTest {

    private static final long MINUTE = 60_000_000_000L;

    /** Close to overflow on purpose: a monotonic clock may start anywhere. */
    private static final long START = Math.subtractExact(Long.MAX_VALUE, MINUTE / 2);

    private record Let(long at, long amount) {}

    @ParameterizedTest
    @CsvSource({"1", "7", "60", "61", "999", "600000"})
    void theBurstIsTheAmountAndThenTheRateHolds(long amount) {
        var bucket = new RateBucket(amount, amount, START, START);
        for (long i = 0; i < amount; i++) {
            assertThat(bucket.take(1, START)).isNotNegative();
        }

        long wait = -bucket.take(1, START);

        assertThat(wait).isBetween(1L, Math.ceilDiv(MINUTE, amount));
        assertThat(bucket.waitNanos(1, START)).isEqualTo(wait);
        assertThat(bucket.take(1, START + wait - 1)).isNegative();
        assertThat(bucket.take(1, START + wait)).isNotNegative();
        assertThat(bucket.take(1, START + wait)).isNegative();
    }

    @Test
    void moreThanTheBurstIsNeverLetThrough() {
        var bucket = new RateBucket(100, 100, START, START);

        assertThat(bucket.take(101, START)).isEqualTo(RateBucket.NEVER);
        assertThat(bucket.take(100, START)).isNotNegative();
    }

    @ParameterizedTest
    @CsvSource({"0,0", "0,10", "-5,10", "10,-1"})
    void aRateThatIsNoneLetsNothingThrough(long rate, long burst) {
        assertThat(new RateBucket(rate, burst, START, START).take(1, START)).isNegative();
    }

    @Test
    void aClosedBucketSaysWhenItIsFullAndGivesNothing() {
        var bucket = new RateBucket(60, 60, START, START);
        long mark = bucket.take(6, START);

        assertThat(bucket.reserve(3, START)).isZero();
        bucket.close();
        bucket.close();

        assertThat(bucket.fullAt(START)).isEqualTo(START + 9 * MINUTE / 60);
        assertThat(bucket.take(1, START)).isEqualTo(RateBucket.NEVER);
        assertThat(bucket.reserve(1, START)).isEqualTo(RateBucket.NEVER);
        assertThat(bucket.remaining(START)).isZero();
        bucket.giveBack(6, mark, START);
        bucket.settle(3, 3, START);
        assertThat(bucket.isClosed()).isTrue();
    }

    @Test
    void aBucketThatComesHalfEmptyIsHalfEmpty() {
        var bucket = new RateBucket(60, 60, START, START + MINUTE / 2);

        assertThat(bucket.remaining(START)).isEqualTo(30);
        assertThat(bucket.take(31, START)).isNegative();
        assertThat(bucket.take(30, START)).isNotNegative();
    }

    @Test
    void whatWasReservedTooMuchIsThereAgain() {
        var bucket = new RateBucket(1000, 1000, START, START);
        assertThat(bucket.reserve(1000, START)).isZero();
        assertThat(bucket.reserve(1, START + MINUTE)).as("time does not end it").isNegative();

        bucket.settle(1000, 100, START + MINUTE);

        assertThat(bucket.remaining(START + MINUTE)).isEqualTo(900);
    }

    @Test
    void whatIsUndoneAtOnceCountsForNothing() {
        var bucket = new RateBucket(3, 3, START, START);
        for (int i = 0; i < 10; i++) {
            bucket.giveBack(1, bucket.take(1, START), START);
        }

        assertThat(bucket.remaining(START)).isEqualTo(3);
    }

    /** Requests, some of which end later and take less than they might have. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void overAnyTimeNoMoreIsUsedThanTheRateAndTheBurst(long seed) {
        var random = new Random(seed);
        long rate = 1 + random.nextLong(random.nextBoolean() ? 50 : 3_000_000_000L);
        long burst = 1 + random.nextLong(rate);
        boolean atOnce = random.nextInt(3) == 0;
        var bucket = new RateBucket(rate, burst, START, START);
        var used = new ArrayList<Let>();
        var open = new ArrayList<Runnable>();
        long[] now = {START};

        for (int i = 0; i < 2_000; i++) {
            now[0] += random.nextLong(MINUTE / 10);
            if (!open.isEmpty() && random.nextBoolean()) {
                open.remove(random.nextInt(open.size())).run();
            }
            long amount = 1 + random.nextLong(burst);
            long actual = random.nextLong(amount + 1);
            long at = now[0];
            long mark = atOnce ? bucket.take(amount, at) : bucket.reserve(amount, at);
            if (mark >= 0) {
                used.add(new Let(at - START, actual));
                open.add(() -> end(bucket, atOnce ? mark : -1, amount, actual, now[0]));
            }
        }

        assertThat(used).hasSizeGreaterThan(20);
        assertThat(worstExcess(used, (double) rate, (double) burst)).isLessThan(1);
    }

    private static void end(RateBucket bucket, long mark, long amount, long actual, long now) {
        if (mark < 0) {
            bucket.settle(amount, actual, now);
        } else if (actual < amount) {
            bucket.giveBack(amount - actual, mark, now);
        }
    }

    /** How far the most crowded time is over its bound, in units. */
    private static double worstExcess(List<Let> used, double rate, double burst) {
        double worst = Double.NEGATIVE_INFINITY;
        for (int from = 0; from < used.size(); from++) {
            double sum = 0;
            for (int to = from; to < used.size(); to++) {
                sum += used.get(to).amount();
                double bound = rate * (used.get(to).at() - used.get(from).at()) / MINUTE + burst;
                worst = Math.max(worst, sum - bound);
            }
        }
        return worst;
    }
}
