package io.apihub.billing.payment.rest;

import io.apihub.billing.payment.Cashier.Wish;
import io.apihub.billing.payment.Ways;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import io.apihub.billing.settings.Payments;
import io.apihub.billing.settings.Payments.PayProvider;
import io.apihub.billing.settings.Settings;
import io.apihub.model.money.Credits;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Checks what somebody wants to buy; what is refused names the field and says what is allowed. */
@Component
class Wishes {

    /** ASCII digits only: no signs, exponents, separators or digits of other scripts. */
    private static final Pattern AMOUNT = Pattern.compile("(0|[1-9][0-9]{0,7})(\\.[0-9]{1,2})?");

    private final Payments payments;
    private final String currency;
    private final Ways ways;

    Wishes(Settings settings, Ways ways) {
        this.ways = ways;
        this.payments = settings.payments();
        this.currency = settings.currency();
    }

    /**
     * Reads a wish.
     *
     * @throws Refused 400
     */
    Wish of(@Nullable String amount, @Nullable String provider, @Nullable String type) {
        var found = ways.of(provider, type);
        return new Wish(found, Objects.requireNonNull(type), amount(amount, found));
    }

    private Credits amount(@Nullable String text, PayProvider provider) {
        var terms = provider.terms();
        if (text == null || !AMOUNT.matcher(text).matches()) {
            throw invalid("amount", "Must be " + form());
        }
        var amount = Credits.parse(text);
        if (amount.compareTo(terms.minimum()) < 0 || amount.compareTo(terms.maximum()) > 0) {
            throw invalid(
                    "amount",
                    "Must be " + terms.minimum() + " to " + terms.maximum() + " " + currency + ".");
        }
        if (!payments.topUps().allows(amount)) {
            throw invalid(
                    "amount",
                    "Must be one of "
                            + payments.topUps().options().stream()
                                    .map(option -> option.amount().toDecimal())
                                    .collect(Collectors.joining(", "))
                            + ".");
        }
        return amount;
    }

    private String form() {
        return "an amount in "
                + currency
                + " as a string of the digits 0-9 with at most two decimals, such as \"10\" or"
                + " \"10.50\".";
    }

    private static Refused invalid(String field, String detail) {
        return new Refused(Problem.invalid(field, detail));
    }
}
