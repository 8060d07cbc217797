package io.apihub.extauthz.credit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeaseTermTest {

    private static final long MILLI = 1_000_000;
    private static final long START = Long.MAX_VALUE - 5_000 * MILLI;

    private static BillingTime at(long sentMillis, long receivedMillis, long billing) {
        return new BillingTime(START + sentMillis * MILLI, START + receivedMillis * MILLI, billing);
    }

    private static long ms(long millis) {
        return START + millis * MILLI;
    }

    @Test
    void itsLifeIsCountedFromTheQuestionAndSomewhatShorter() {
        var term = new LeaseTerm(at(0, 500, 7), 60_000, 0, 0);

        assertThat(term.isOpen(ms(499))).as("not had yet").isFalse();
        assertThat(term.isOpen(ms(500))).isTrue();
        assertThat(term.isOpen(ms(58_799))).isTrue();
        assertThat(term.isOpen(ms(58_800))).isFalse();
        assertThat(term.isOver(ms(58_800))).isTrue();
    }

    @Test
    void aRenewalCountsFromThePingButOnlyIfTheLeaseWasHereThen() {
        var term = new LeaseTerm(at(0, 500, 7), 60_000, 0, 0);

        term.renew(at(400, 900, 8), 60_000);
        assertThat(term.isOpen(ms(58_800))).isFalse();
        term.renew(at(10_000, 10_300, 9), 0);
        assertThat(term.isOpen(ms(58_800))).isFalse();

        term.renew(at(10_000, 10_300, 9), 60_000);
        assertThat(term.isOpen(ms(68_799))).isTrue();
        assertThat(term.isOpen(ms(68_800))).isFalse();
        term.renew(at(9_000, 10_400, 9), 60_000);
        assertThat(term.isOpen(ms(68_799))).as("never shorter").isTrue();
    }

    @Test
    void aWindowEndsEarlyAndBeginsLateByTheTimeTheMessagesTook() {
        var term = new LeaseTerm(at(0, 300, 1_000_000), 60_000, 1_002_000, 1_010_000);

        assertThat(term.isEarly(ms(2_299))).isTrue();
        assertThat(term.isOpen(ms(2_300))).isTrue();
        assertThat(term.isOpen(ms(9_999))).isTrue();
        assertThat(term.isOver(ms(10_000))).isTrue();
        assertThat(term.endsWithin(1_000 * MILLI, ms(9_000))).isTrue();
    }

    @Test
    void aRenewalPlacesTheWindowAnew() {
        var term = new LeaseTerm(at(0, 0, 1_000_000), 60_000, 0, 1_020_000);

        term.renew(at(10_000, 10_100, 1_009_000), 60_000);

        assertThat(term.isOpen(ms(20_999))).isTrue();
        assertThat(term.isOver(ms(21_000))).isTrue();
    }
}
