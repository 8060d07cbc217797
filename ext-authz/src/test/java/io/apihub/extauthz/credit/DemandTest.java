package io.apihub.extauthz.credit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DemandTest {

    private static final long MOST = Long.MAX_VALUE;
    private static final long SECOND = 1_000_000_000L;

    /** Past what doubles. */
    private long now = 100 * SECOND;

    private final Demand demand = new Demand();

    private long wish(long needed) {
        now += 10 * SECOND;
        return demand.wish(needed, MOST, now);
    }

    @Test
    void fourTimesTheLargestRecentHold() {
        assertThat(wish(100)).isEqualTo(400);
        demand.held(1_000);
        demand.held(30);

        assertThat(wish(100)).isEqualTo(4_000);
    }

    @Test
    void aLargeHoldIsForgottenAfterAMinuteAtMost() {
        demand.held(1_000);
        ticks(29, 0);
        assertThat(wish(10)).isEqualTo(4_000);
        ticks(31, 0);

        assertThat(wish(10)).isEqualTo(40);
    }

    @Test
    void orWhatWasUsedInThirtySeconds() {
        ticks(300, 50);
        assertThat(wish(1)).isBetween(1_400L, 1_550L);
        assertThat(demand.isIdle()).isFalse();

        ticks(300, 0);

        assertThat(wish(1)).isLessThan(100);
    }

    private long used;

    /** So many seconds, in each of which so much is used. */
    private void ticks(int count, long each) {
        for (int i = 0; i < count; i++) {
            used += each;
            demand.tick(used);
        }
    }

    @Test
    void whatIsGoneWithItsLeaseWasUsedAllTheSame() {
        demand.tick(900);
        demand.closed(900);
        demand.tick(0);

        assertThat(wish(1)).as("once, and not twice").isBetween(800L, 900L);
    }

    @Test
    void whoComesBackSoonGetsTwiceAsMuch() {
        long first = wish(100);
        now += SECOND;
        assertThat(demand.wish(100, MOST, now)).isEqualTo(2 * first);
        now += SECOND;
        assertThat(demand.wish(100, MOST, now)).isEqualTo(4 * first);
        now += 2 * SECOND;

        assertThat(demand.wish(100, MOST, now)).isEqualTo(first);
    }

    @Test
    void allThatWaitAndNeverLessThanIsNeededNorMoreThanIsOfUse() {
        demand.waits(5_000);
        assertThat(wish(10)).isEqualTo(5_000);
        demand.waitsNoMore(5_000);
        assertThat(wish(10)).isEqualTo(40);
        assertThat(demand.wish(10, 25, now + 10 * SECOND)).isEqualTo(25);
        assertThat(demand.wish(30, 25, now + 20 * SECOND)).isEqualTo(30);
        assertThat(demand.wish(MOST, MOST, now + 30 * SECOND)).isEqualTo(MOST);
    }
}
