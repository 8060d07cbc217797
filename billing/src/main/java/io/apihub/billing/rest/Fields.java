package io.apihub.billing.rest;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.text.Normalizer;
import org.jspecify.annotations.Nullable;

/** Reads text fields of a body; what is refused names the field and says what is allowed. */
public final class Fields {

    private Fields() {}

    /**
     * A name that people read: without space at its ends, in Unicode's form NFC, so that what looks
     * equal is equal.
     *
     * @param max characters (code points), 1 or more
     * @throws Refused if it is missing, blank or too long, or holds what nobody sees: control,
     *     format and zero-width characters, line breaks, lone surrogates, unassigned code points
     */
    public static String name(String field, @Nullable String text, int max) {
        if (text == null || text.isBlank()) {
            throw invalid(field, max);
        }
        // Long before the normal form is made: that may be eighteen times as long.
        if (text.length() > 4 * max) {
            throw invalid(field, max);
        }
        var name = Normalizer.normalize(text.strip(), Normalizer.Form.NFC);
        if (name.codePointCount(0, name.length()) > max
                || name.codePoints().anyMatch(Fields::isUnseen)
                || name.codePoints().noneMatch(Character::isLetterOrDigit)) {
            throw invalid(field, max);
        }
        return name;
    }

    /**
     * A text of one line or more, in the same form; line ends become {@code \n}.
     *
     * @param max characters (code points), 1 or more, line ends too
     * @throws Refused if it is missing, blank or too long, or holds what nobody sees
     */
    public static String lines(String field, @Nullable String text, int max) {
        if (text == null || text.isBlank() || text.length() > 4 * max) {
            throw invalid(field, max);
        }
        var lines = Normalizer.normalize(text.strip(), Normalizer.Form.NFC).replace("\r\n", "\n");
        if (lines.codePointCount(0, lines.length()) > max
                || lines.codePoints().filter(point -> point != '\n').anyMatch(Fields::isUnseen)
                || lines.codePoints().noneMatch(Character::isLetterOrDigit)) {
            throw invalid(field, max);
        }
        return lines;
    }

    /** Control, format and zero-width characters, line breaks, lone surrogates and their like. */
    static boolean isUnseen(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    true;
            // Letters and marks that show nothing: Hangul fillers, the Braille blank, joiners.
            default ->
                    codePoint == 0x115F
                            || codePoint == 0x1160
                            || codePoint == 0x3164
                            || codePoint == 0xFFA0
                            || codePoint == 0x2800
                            || codePoint == 0x034F;
        };
    }

    private static Refused invalid(String field, int max) {
        return new Refused(
                Problem.invalid(
                        field,
                        "Must have 1 to "
                                + max
                                + " characters, one a letter or digit at least, and no control or"
                                + " invisible ones."));
    }
}
