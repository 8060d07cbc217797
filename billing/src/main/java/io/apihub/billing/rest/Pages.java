package io.apihub.billing.rest;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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

    /**
     * One page.
     *
     * @param more whether another follows
     */
    public record Page<R>(List<R> rows, boolean more) {

        /** What clients see of each row. */
        public <V> List<V> items(Function<? super R, V> view) {
            return rows.stream().map(view).toList();
        }

        /**
         * The next page's cursor.
         *
         * @param position of a row, by which the next page is read
         * @return null on the last page
         */
        public @Nullable String next(Function<? super R, ?> position) {
            return more ? cursor(position.apply(rows.getLast())) : null;
        }
    }

    /**
     * The page that rows make.
     *
     * @param rows as many as fit and one more, if there is one
     * @param size of the page
     */
    public static <R> Page<R> page(List<R> rows, int size) {
        return new Page<>(rows.subList(0, Math.min(size, rows.size())), rows.size() > size);
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
        return parse(cursor, Pages::printable);
    }

    /** Postgres takes no NUL, and no position that we hand out has one. */
    private static String printable(String text) {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a control character");
        }
        return text;
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
