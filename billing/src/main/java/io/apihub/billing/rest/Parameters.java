package io.apihub.billing.rest;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Reads parameters that many endpoints have. */
public final class Parameters {

    private static final Instant END = Instant.parse("3000-01-01T00:00:00Z");

    private Parameters() {}

    /**
     * Reads a time of RFC 3339, of the years 1970 to 2999; null if it is not given.
     *
     * @throws Refused if it is none
     */
    public static @Nullable Instant time(String parameter, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            var time = OffsetDateTime.parse(text).toInstant();
            if (!time.isBefore(Instant.EPOCH) && time.isBefore(END)) {
                return time;
            }
            throw none(parameter);
        } catch (DateTimeParseException e) {
            throw none(parameter);
        }
    }

    /**
     * Reads a time as {@link #time} does, which must be after another.
     *
     * @throws Refused if it is not
     */
    public static @Nullable Instant timeAfter(
            Instant other, String parameter, @Nullable String text) {
        var time = time(parameter, text);
        if (time != null && !time.isAfter(other)) {
            throw new Refused(Problem.invalid(parameter, "Must be in the future."));
        }
        return time;
    }

    /**
     * Reads a time zone: UTC or a region of the IANA database.
     *
     * @throws Refused if it is none; offsets are none, since they know no summer
     */
    public static ZoneId zone(String parameter, String text) {
        if (text.equals("UTC") || (text.contains("/") && isRegion(text))) {
            return ZoneId.of(text);
        }
        throw new Refused(
                Problem.invalid(parameter, "Must be UTC or a region such as Asia/Shanghai."));
    }

    private static boolean isRegion(String text) {
        return !text.startsWith("SystemV/") && ZoneId.getAvailableZoneIds().contains(text);
    }

    private static Refused none(String parameter) {
        return new Refused(
                Problem.invalid(
                        parameter,
                        "Must be a time of the years 1970 to 2999 as RFC 3339 writes it, such as"
                                + " 2026-11-23T08:00:00Z."));
    }
}
