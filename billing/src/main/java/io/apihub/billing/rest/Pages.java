package io.apihub.billing.rest;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;
import java.util.function.Function;

/** Cursors and sizes of pages. A cursor is opaque to clients. */
public final class Pages {

    private static final int MAX = 500;

    private Pages() {}

    /**
     * Checks a size.
     *
     * @throws Refused if it is not 1 to 500
     */
    public static int limit(int limit) {
        if (limit < 1 || limit > MAX) {
            throw new Refused(Problem.invalid("limit", "Must be 1 to " + MAX + "."));
        }
        return limit;
    }

    public static String cursor(Object position) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(position.toString().getBytes(StandardCharsets.UTF_8));
    }

    public static long number(String cursor) {
        return parse(cursor, Long::parseLong);
    }

    public static String text(String cursor) {
        return parse(cursor, text -> text);
    }

    public static UUID id(String cursor) {
        return parse(cursor, UUID::fromString);
    }

    private static <T> T parse(String cursor, Function<String, T> position) {
        try {
            return position.apply(
                    new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new Refused(
                    Problem.invalid("cursor", "Must be the nextCursor of a page before."));
        }
    }
}
