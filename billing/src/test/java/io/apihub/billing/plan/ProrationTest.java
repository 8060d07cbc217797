package io.apihub.billing.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.model.money.Credits;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a part of a period costs: exact, rounded once, and never to anybody's gain. */
class ProrationTest {

    private static final int TRIES = 20_000;
    private static final long YEAR_MILLIS = 366L * 24 * 3_600_000;
    private static final long MOST_MICROS = 9_000_000_000_000_000L;

    private final Random random = new Random(7);

    private long upTo(long most) {
        // Small ones as often as large ones.
        return most == 0 ? 0 : random.nextLong(0, 1 + random.nextLong(most)) % (most + 1);
    }

    private Proration any() {
        long whole = 1 + upTo(YEAR_MILLIS);
        return new Proration(upTo(whole), whole);
    }

    @Test
    void aChargeIsTheExactPartRoundedUpAndCreditRoundedDown() {
        for (int i = 0; i < TRIES; i++) {
            var part = any();
            var amount = new Credits(upTo(MOST_MICROS));
            var exact =
                    BigInteger.valueOf(amount.micros())
                            .multiply(BigInteger.valueOf(part.leftMillis()))
                            .divideAndRemainder(BigInteger.valueOf(part.wholeMillis()));
            long down = exact[0].longValueExact();

            assertThat(part.credit(amount).micros()).isEqualTo(down);
            assertThat(part.charge(amount).micros()).isEqualTo(down + exact[1].signum());
        }
    }

    @Test
    void aWholePeriodCostsItsPriceAndNoneNothing() {
        for (int i = 0; i < TRIES; i++) {
            long whole = 1 + upTo(YEAR_MILLIS);
            var price = new Credits(upTo(MOST_MICROS));

            assertThat(new Proration(whole, whole).charge(price)).isEqualTo(price);
            assertThat(new Proration(whole, whole).credit(price)).isEqualTo(price);
            assertThat(new Proration(0, whole).charge(price)).isEqualTo(Credits.ZERO);
            assertThat(new Proration(0, whole).credit(price)).isEqualTo(Credits.ZERO);
        }
    }

    /** Up in small steps is never cheaper than at once, and gives never more credit. */
    @Test
    void nobodyGainsByManySmallUpgrades() {
        for (int i = 0; i < TRIES; i++) {
            var part = any();
            var low = new Credits(upTo(MOST_MICROS / 4));
            var middle = low.plus(new Credits(upTo(MOST_MICROS / 4)));
            var high = middle.plus(new Credits(upTo(MOST_MICROS / 4)));

            var inSteps = part.charge(middle.minus(low)).plus(part.charge(high.minus(middle)));
            var atOnce = part.charge(high.minus(low));
            assertThat(inSteps.micros() - atOnce.micros()).isBetween(0L, 1L);
            var creditInSteps =
                    part.credit(middle.minus(low)).plus(part.credit(high.minus(middle)));
            assertThat(creditInSteps.micros() - part.credit(high.minus(low)).micros())
                    .isBetween(-1L, 0L);
        }
    }

    @Test
    void laterIsNeverDearer() {
        for (int i = 0; i < TRIES; i++) {
            var part = any();
            var later = new Proration(upTo(part.leftMillis()), part.wholeMillis());
            var price = new Credits(upTo(MOST_MICROS));

            assertThat(later.charge(price).micros())
                    .isLessThanOrEqualTo(part.charge(price).micros());
        }
    }

    @Test
    void lessIncludedCreditIsNotTakenBack() {
        assertThat(new Proration(1, 2).credit(new Credits(-5))).isEqualTo(Credits.ZERO);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-01T00:00:00Z, 30",
        "2026-11-16T00:00:00Z, 15",
        "2026-11-30T00:00:00Z, 1",
        "2026-12-01T00:00:00Z, 0",
        "2026-12-05T00:00:00Z, 0",
        "2026-10-20T00:00:00Z, 30"
    })
    void ofAPeriodWhatIsLeftCounts(Instant now, long days) {
        var part =
                Proration.of(
                        Instant.parse("2026-11-01T00:00:00Z"),
                        Instant.parse("2026-12-01T00:00:00Z"),
                        now);

        assertThat(part.charge(Credits.parse("30"))).isEqualTo(Credits.parse("" + days));
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> new Proration(2, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Proration(0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "2027-01-31T10:00:00Z, MONTH, 1, 2027-02-28T10:00:00Z",
        "2027-01-31T10:00:00Z, MONTH, 2, 2027-03-31T10:00:00Z",
        "2027-01-31T10:00:00Z, MONTH, 13, 2028-02-29T10:00:00Z",
        "2028-02-29T10:00:00Z, YEAR, 1, 2029-02-28T10:00:00Z",
        "2028-02-29T10:00:00Z, YEAR, 4, 2032-02-29T10:00:00Z",
        "2026-11-23T23:59:59.999Z, MONTH, 0, 2026-11-23T23:59:59.999Z"
    })
    void periodsFollowTheCalendar(Instant anchor, Period period, int count, Instant end) {
        assertThat(period.after(anchor, count)).isEqualTo(end);
    }

    @Test
    void periodsFollowEachOtherWithoutAGap() {
        for (int i = 0; i < 2_000; i++) {
            var anchor =
                    new Subscription.Anchor(
                            Instant.ofEpochMilli(upTo(4_000_000_000_000L)), 1 + random.nextInt(5));
            var length = random.nextBoolean() ? Period.MONTH : Period.YEAR;
            int number = anchor.number() + random.nextInt(200);

            var one = anchor.span(number, length);
            var next = anchor.span(number + 1, length);
            assertThat(one.endsAt()).isEqualTo(next.startsAt()).isAfter(one.startsAt());
        }
    }
}
