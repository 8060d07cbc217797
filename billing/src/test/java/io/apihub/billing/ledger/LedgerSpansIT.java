package io.apihub.billing.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apihub.billing.testing.Bank;
import io.apihub.billing.testing.PastPostings;
import io.apihub.model.money.Credits;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;

/** Sums of months over histories of every kind, compared with sums by hand. */
class LedgerSpansIT {

    private static final Bank BANK = new Bank();
    private static final PastPostings PAST = new PastPostings(BANK.owner());
    private static final LedgerSpans SPANS = BANK.get(LedgerSpans.class);

    private static final List<ZoneId> ZONES =
            List.of(
                    ZoneId.of("UTC"),
                    ZoneId.of("Asia/Shanghai"),
                    ZoneId.of("America/St_Johns"),
                    ZoneId.of("Pacific/Auckland"));

    private final UUID tenant = BANK.registry().tenant("s-" + UUID.randomUUID());
    private final long account = PAST.account(tenant);
    private final List<Known> known = new ArrayList<>();

    private record Known(TransactionKind kind, Instant at, long micros) {}

    @AfterEach
    void sound() {
        BANK.assertSound();
    }

    private static Instant border(int month, ZoneId zone) {
        return YearMonth.of(2026, month).atDay(1).atStartOfDay(zone).toInstant();
    }

    /** Mostly close to the border of a month somewhere; not in the order of time. */
    private void postSome(Random random, int from, int to) {
        var some = new ArrayList<Known>();
        for (int i = 0; i < 40; i++) {
            var zone = ZONES.get(random.nextInt(ZONES.size()));
            var border = border(from + 1 + random.nextInt(to - from - 1), zone);
            long[] steps = {0, -1, 1, 999_999, -3_600_000_000L, 86_400_000_000L, -777_777_777_777L};
            var at = border.plusNanos(1_000 * steps[random.nextInt(steps.length)]);
            var kinds = TransactionKind.values();
            long amount = random.nextLong(1, 5_000_000);
            some.add(
                    new Known(
                            kinds[random.nextInt(kinds.length)],
                            at,
                            random.nextBoolean() ? amount : -amount));
        }
        Collections.shuffle(some, random);
        some.forEach(one -> PAST.post(account, one.kind(), one.at(), one.micros(), "a test"));
        known.addAll(some);
    }

    private long sumBefore(Instant end) {
        return known.stream().filter(one -> one.at().isBefore(end)).mapToLong(Known::micros).sum();
    }

    private void assertMonthsAddUp() {
        for (var zone : ZONES) {
            var carried = Credits.ZERO;
            for (int month = 1; month < 9; month++) {
                var span = SPANS.between(account, border(month, zone), border(month + 1, zone));
                assertThat(span.opening()).isEqualTo(new Credits(sumBefore(span.from())));
                assertThat(span.closing()).isEqualTo(new Credits(sumBefore(span.to())));
                assertThat(span.opening()).isEqualTo(carried);
                carried = span.closing();
                span.kinds().forEach(kind -> assertKind(span, kind));
                assertThat(span.kinds().stream().mapToLong(LedgerSpan.Kind::transactions).sum())
                        .isEqualTo(known.stream().filter(one -> isIn(span, one)).count());
                assertThat(sumOfMovements(span))
                        .isEqualTo(span.closing().minus(span.opening()).micros());
                assertThat(span.isFinal()).isTrue();
            }
        }
    }

    private void assertKind(LedgerSpan span, LedgerSpan.Kind kind) {
        var mine =
                known.stream()
                        .filter(one -> one.kind() == kind.kind() && isIn(span, one))
                        .mapToLong(Known::micros)
                        .toArray();
        assertThat(kind.transactions()).isEqualTo(mine.length);
        assertThat(kind.credited().micros())
                .isEqualTo(Arrays.stream(mine).filter(micros -> micros > 0).sum());
        assertThat(kind.debited().micros())
                .isEqualTo(Arrays.stream(mine).filter(micros -> micros < 0).sum());
    }

    private static boolean isIn(LedgerSpan span, Known one) {
        return !one.at().isBefore(span.from()) && one.at().isBefore(span.to());
    }

    private long sumOfMovements(LedgerSpan span) {
        long sum = 0;
        long last = 0;
        var page = SPANS.movements(account, span, 0, true, 7);
        while (!page.isEmpty()) {
            sum += page.stream().mapToLong(movement -> movement.amount().micros()).sum();
            assertThat(page.getFirst().transactionId()).isGreaterThan(last);
            last = page.getLast().transactionId();
            page = SPANS.movements(account, span, last, true, 7);
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void everyMonthOpensWithWhatTheOneBeforeClosedWith(long seed) {
        var random = new Random(seed);
        postSome(random, 1, 4);
        assertMonthsAddUp();

        SPANS.markAt(Instant.parse("2026-03-15T00:00:00Z"));
        assertMonthsAddUp();
        SPANS.markAt(Instant.parse("2026-05-01T00:00:00Z"));
        assertMonthsAddUp();

        postSome(random, 6, 8);
        assertMonthsAddUp();
        SPANS.markAt(Instant.parse("2026-07-01T00:00:00Z"));
        SPANS.markAt(Instant.parse("2026-07-01T00:00:00Z"));
        assertMonthsAddUp();
        assertThat(
                        BANK.count(
                                "SELECT count(*) FROM billing.balance_mark WHERE account_id = ?",
                                account))
                .isEqualTo(3);
    }

    @Test
    void whatBeganBeforeTheBorderBelongsBeforeItWheneverItIsCommitted() {
        var border = Instant.parse("2026-04-01T00:00:00Z");
        PAST.post(account, TransactionKind.GRANT, border, 5, "after");
        PAST.post(account, TransactionKind.TOP_UP, border.minusNanos(1_000), 7, "late commit");

        var march = SPANS.between(account, Instant.parse("2026-03-01T00:00:00Z"), border);
        var april = SPANS.between(account, border, Instant.parse("2026-05-01T00:00:00Z"));

        assertThat(march.closing()).isEqualTo(new Credits(7));
        assertThat(march.kinds())
                .extracting(LedgerSpan.Kind::kind)
                .containsExactly(TransactionKind.TOP_UP);
        assertThat(april.opening()).isEqualTo(new Credits(7));
        assertThat(april.closing()).isEqualTo(new Credits(12));
    }

    @Test
    void nothingIsPostedAnHourAfterItBegan() {
        assertThatThrownBy(() ->
                        BANK.jdbc()
                                .query(
                                        "SELECT billing.check_age(now() - interval '61"
                                                + " minutes')",
                                        row -> {}))
                .hasMessageContaining("posts nothing any more");
        BANK.jdbc().query("SELECT billing.check_age(now() - interval '59 minutes')", row -> {});
    }

    @Test
    void aSpanThatDoesNotAddUpIsNotShown() {
        var at = Instant.parse("2026-02-01T00:00:00Z");
        PAST.post(account, TransactionKind.GRANT, at.minusSeconds(5), 100, "true");
        BANK.owner()
                .update(
                        "INSERT INTO billing.balance_mark VALUES (?, '2026-02-01Z', 99, 0, 0)",
                        account);

        assertThatThrownBy(() -> SPANS.between(account, at, at.plus(Duration.ofDays(28))))
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("do not make");
    }

    @Test
    void aRunningSpanIsNotFinalAndNotMarked() {
        BANK.grant(tenant, 50);
        var now = SPANS.now();

        var span = SPANS.between(account, now.minus(Duration.ofDays(1)), now.minusSeconds(-60));
        BANK.jdbc().query("SELECT billing.mark_balance(?, now())", row -> {}, account);

        assertThat(span.isFinal()).isFalse();
        assertThat(span.closing()).isEqualTo(new Credits(50));
        assertThat(
                        BANK.count(
                                "SELECT count(*) FROM billing.balance_mark WHERE account_id = ?",
                                account))
                .isZero();
    }
}
