package io.apihub.billing.usage;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Sums of hours of UTC that belong to two buckets, or to two hours of a zone: of quarters where
 * they are good for all that is asked for of an hour, and else of minutes. One statement sees
 * hours, quarters and minutes of one moment, so that nothing is counted twice or not at all.
 *
 * @param hours all of them
 * @param odd those of them that are not cut at a quarter, as some were in 1970
 */
record SharedHours(UsageFilter filter, List<Instant> hours, List<Instant> odd) {

    private static final int QUARTER_SECONDS = 900;

    SharedHours {
        hours = List.copyOf(hours);
        odd = List.copyOf(odd);
    }

    /**
     * The hours that are cut.
     *
     * @param cuts instants within hours at which they are
     */
    static SharedHours of(UsageFilter filter, List<Instant> cuts) {
        return new SharedHours(
                filter,
                hours(cuts.stream()),
                hours(cuts.stream().filter(cut -> cut.getEpochSecond() % QUARTER_SECONDS != 0)));
    }

    private static List<Instant> hours(Stream<Instant> cuts) {
        return cuts.map(cut -> cut.truncatedTo(ChronoUnit.HOURS)).distinct().toList();
    }

    /**
     * The hours of which minutes are read; with {@link #parameters} first. In them one quarter at
     * least is not there, or is of another version of its hour.
     */
    String with() {
        return "WITH late AS MATERIALIZED (SELECT DISTINCT h.hour FROM billing.usage_hour h"
                + " LEFT JOIN billing.usage_quarter q ON q.tenant_id = h.tenant_id"
                + " AND q.hour = h.hour AND q.key_uid = h.key_uid AND q.model = h.model"
                + " AND q.hour = ANY (?::timestamptz[])"
                + ofHours().sql()
                + " AND q.version IS DISTINCT FROM h.xmin UNION SELECT unnest(?::timestamptz[])) ";
    }

    private Conditions ofHours() {
        return new Conditions()
                .and("h.tenant_id = ?", filter.tenantId())
                .and("h.key_uid = ?", filter.keyUid())
                .and("h.model = ?", filter.model())
                .and("h.hour = ANY (?::timestamptz[])", texts(hours));
    }

    private Conditions conditions() {
        return new Conditions()
                .and("tenant_id = ?", filter.tenantId())
                .and("key_uid = ?", filter.keyUid())
                .and("model = ?", filter.model());
    }

    private Conditions ofQuarters() {
        return conditions().and("hour = ANY (?::timestamptz[])", texts(hours));
    }

    /** The parameters of {@link #with}. */
    List<Object> parameters() {
        var all = new ArrayList<Object>();
        all.add(texts(hours));
        all.addAll(Arrays.asList(ofHours().parameters()));
        all.add(texts(odd));
        return all;
    }

    static String[] texts(List<Instant> hours) {
        return hours.stream()
                .map(hour -> hour.atOffset(ZoneOffset.UTC).toString())
                .toArray(String[]::new);
    }

    /** Rows with the instant {@code at}; with {@link #partParameters} at last. */
    List<String> parts() {
        var figures = "tenant_id, key_uid, model, " + String.join(", ", RolledUsage.SUMS);
        return List.of(
                "SELECT hour + part * interval '15 minutes' AS at, "
                        + figures
                        + " FROM billing.usage_quarter"
                        + ofQuarters().sql()
                        + " AND hour NOT IN (SELECT hour FROM late)",
                // OFFSET keeps each hour one look at the index: else the planner may compare each
                // minute of the span with each of them.
                "SELECT minute AS at, "
                        + figures
                        + " FROM late CROSS JOIN LATERAL (SELECT * FROM billing.usage_minute"
                        + conditions().sql()
                        + " AND minute >= late.hour AND minute < late.hour + interval '1 hour'"
                        + " OFFSET 0) late_minute");
    }

    /** The parameters of {@link #parts}. */
    List<Object> partParameters() {
        return List.of(ofQuarters().parameters(conditions().parameters()));
    }
}
