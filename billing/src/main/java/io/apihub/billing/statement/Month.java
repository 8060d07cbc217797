package io.apihub.billing.statement;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.rest.Parameters;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;

/** A month as a zone's calendar has it. */
record Month(YearMonth month, ZoneId zone) {

    private static final Pattern FORM = Pattern.compile("20[0-9]{2}-[01][0-9]");

    /**
     * Reads a month of the path and the zone of a parameter.
     *
     * @param now months that begin after it are refused
     * @throws Refused 400
     */
    static Month parse(String month, String timeZone, Instant now) {
        var zone = Parameters.zone("timeZone", timeZone);
        try {
            if (FORM.matcher(month).matches()) {
                var parsed = new Month(YearMonth.parse(month), zone);
                if (!parsed.from().isAfter(now)) {
                    return parsed;
                }
            }
        } catch (DateTimeParseException e) {
            throw none();
        }
        throw none();
    }

    private static Refused none() {
        return new Refused(
                Problem.invalid(
                        "month", "Must be a month such as 2026-11, this one or one before."));
    }

    /** The month that an instant is in. */
    static Month of(Instant instant, ZoneId zone) {
        return new Month(YearMonth.from(instant.atZone(zone)), zone);
    }

    Month before() {
        return new Month(month.minusMonths(1), zone);
    }

    /** Its first instant. */
    Instant from() {
        return month.atDay(1).atStartOfDay(zone).toInstant();
    }

    /** The first instant of the next one. */
    Instant to() {
        return month.plusMonths(1).atDay(1).atStartOfDay(zone).toInstant();
    }

    @Override
    public String toString() {
        return month.toString();
    }
}
