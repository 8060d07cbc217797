package io.apihub.billing.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WindowTest {

    private static final List<Window> CALENDAR =
            List.of(Window.MINUTE, Window.HOUR, Window.DAY, Window.WEEK, Window.MONTH);

    /** 1990 to 2060. */
    private static final long FROM = 631_152_000_000L;

    private static final long TO = 2_840_140_800_000L;

    @Test
    void inEveryZoneTheWindowsFollowEachOtherWithoutGapOrOverlap() {
        var zones = new ArrayList<>(ZoneId.getAvailableZoneIds());
        zones.sort(String::compareTo);
        var random = new SplittableRandom(7);
        for (int i = 0; i < 40_000; i++) {
            var zone = ZoneId.of(zones.get(random.nextInt(zones.size())));
            var window = CALENDAR.get(random.nextInt(CALENDAR.size()));
            long at = around(zone, random);

            var span = window.around(at, zone);

            assertThat(span.contains(at)).as("%s %s %s", zone, window, at).isTrue();
            assertThat(window.around(span.startMillis(), zone))
                    .as("%s %s", zone, at)
                    .isEqualTo(span);
            assertThat(window.around(span.endMillis() - 1, zone)).isEqualTo(span);
            assertThat(window.around(span.endMillis(), zone).startMillis())
                    .as("%s %s after %s", zone, window, span)
                    .isEqualTo(span.endMillis());
        }
    }

    /** Half of the time near a change of the zone's offset, where it matters. */
    private static long around(ZoneId zone, SplittableRandom random) {
        long at = random.nextLong(FROM, TO);
        var change = zone.getRules().nextTransition(Instant.ofEpochMilli(at));
        return change == null || random.nextBoolean()
                ? at
                : change.toEpochSecond() * 1000 + random.nextLong(-90_000_000, 90_000_000);
    }

    @Test
    void weeksBeginOnMondayAndMonthsKnowLeapYears() {
        assertThat(Window.WEEK.around(millis("2026-11-22T23:59:59Z"), ZoneOffset.UTC))
                .isEqualTo(span("2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z"));
        assertThat(Window.MONTH.around(millis("2028-02-29T12:00:00Z"), ZoneOffset.UTC))
                .isEqualTo(span("2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"));
    }

    @Test
    void aDayOfDaylightSavingHasTwentyThreeOrTwentyFiveHours() {
        var berlin = ZoneId.of("Europe/Berlin");

        assertThat(Window.DAY.around(millis("2026-03-29T10:00:00Z"), berlin))
                .isEqualTo(span("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"));
        assertThat(Window.DAY.around(millis("2026-10-25T10:00:00Z"), berlin))
                .isEqualTo(span("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"));
    }

    @Test
    void anotherZoneCountsFromTheNextWindowOn() {
        var utc = limit(ZoneOffset.UTC);
        var shanghai = limit(ZoneId.of("Asia/Shanghai"));
        long now = millis("2026-11-23T10:00:00Z");
        var begun = List.of(Windows.running(utc, List.of(), now));

        assertThat(Windows.running(shanghai, begun, now)).isEqualTo(begun.getFirst());
        assertThat(Windows.running(shanghai, begun, millis("2026-11-24T01:00:00Z")))
                .isEqualTo(span("2026-11-24T00:00:00Z", "2026-11-24T16:00:00Z"));
    }

    @Test
    void whateverTheZonesOneInstantIsInOneWindowOnly() {
        var random = new SplittableRandom(9);
        var zones = new ArrayList<>(ZoneId.getAvailableZoneIds());
        zones.sort(String::compareTo);
        for (int round = 0; round < 500; round++) {
            var begun = new ArrayList<Span>();
            long at = random.nextLong(FROM, TO);
            for (int step = 0; step < 10; step++) {
                at += random.nextLong(0, 100_000_000);
                var zone = ZoneId.of(zones.get(random.nextInt(zones.size())));
                var span = Windows.running(limit(zone), begun, at);
                assertThat(span.contains(at)).isTrue();
                if (!begun.contains(span)) {
                    assertThat(begun)
                            .as("none of %s overlaps %s", begun, span)
                            .allMatch(other ->
                                    other.endMillis() <= span.startMillis()
                                            || span.endMillis() <= other.startMillis());
                    begun.add(span);
                }
            }
        }
    }

    private static Limit limit(ZoneId zone) {
        return new Limit(Metric.REQUESTS, Window.DAY, 1, zone, false, true, List.of(), 1);
    }

    private static long millis(String instant) {
        return Instant.parse(instant).toEpochMilli();
    }

    private static Span span(String from, String to) {
        return new Span(millis(from), millis(to));
    }
}
