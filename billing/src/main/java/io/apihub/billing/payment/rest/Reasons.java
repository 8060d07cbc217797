package io.apihub.billing.payment.rest;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import org.jspecify.annotations.Nullable;

/** Why somebody decides so; kept for ever. */
final class Reasons {

    private static final int MAX = 500;

    private Reasons() {}

    /**
     * Checks one.
     *
     * @throws Refused if it says nothing, or too much
     */
    static String checked(@Nullable String text) {
        if (text == null
                || text.isBlank()
                || text.length() > MAX
                || text.chars().anyMatch(Character::isISOControl)) {
            throw new Refused(
                    Problem.invalid(
                            "reason",
                            "Must say why, in 1 to "
                                    + MAX
                                    + " characters without control characters."));
        }
        return text.strip();
    }
}
