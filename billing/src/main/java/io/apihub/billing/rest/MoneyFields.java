package io.apihub.billing.rest;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.model.money.Credits;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads amounts and reasons of a body; what is refused names the field and says what is allowed.
 */
public final class MoneyFields {

    private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,6})?");
    private static final int MAX_REASON = 500;

    private MoneyFields() {}

    /**
     * An amount above zero, in the installation's currency.
     *
     * @throws Refused if it is anything but ASCII digits with a point: no sign, exponent or space
     */
    public static Credits positive(String field, @Nullable String text) {
        if (text == null || !AMOUNT.matcher(text).matches() || !Credits.parse(text).isPositive()) {
            throw new Refused(
                    Problem.invalid(
                            field,
                            "Must be a decimal string above zero with at most 12 digits before and"
                                    + " 6 after the point, such as \"10.50\"."));
        }
        return Credits.parse(text);
    }

    /**
     * Why an administrator does it: 1 to 500 characters, kept in the ledger for ever.
     *
     * @throws Refused if it is missing, too long or has characters that nobody sees
     */
    public static String reason(@Nullable String text) {
        if (text == null
                || text.isBlank()
                || text.length() > MAX_REASON
                || text.codePoints().anyMatch(Fields::isUnseen)) {
            throw new Refused(
                    Problem.invalid(
                            "reason",
                            "Must say why, in 1 to "
                                    + MAX_REASON
                                    + " characters, none of them a control or invisible one."));
        }
        return text.strip();
    }

    /**
     * A whole number within bounds, or what it is without one.
     *
     * @throws Refused if it is out of bounds
     */
    public static int count(String field, @Nullable Integer number, int otherwise, int most) {
        int count = number == null ? otherwise : number;
        if (count < 1 || count > most) {
            throw new Refused(Problem.invalid(field, "Must be 1 to " + most + "."));
        }
        return count;
    }
}
