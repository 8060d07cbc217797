package io.apihub.billing.rest;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Reads parameters that many endpoints have. */
public final class Parameters {

    private Parameters() {}

    /**
     * Reads a time of RFC 3339; null if it is not given.
     *
     * @throws Refused if it is none
     */
    public static @Nullable Instant time(String parameter, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new Refused(
                    Problem.invalid(
                            parameter,
                            "Must be a time as RFC 3339 writes it, such as"
                                    + " 2026-11-23T08:00:00Z."));
        }
    }
}
